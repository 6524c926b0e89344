package io.nimoshake.core;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Page;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.WriteMode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Takes everything, unless a test wants it to fail or to refuse an item. */
public final class FakeTarget implements Target {
  public final Script script = new Script();
  public Capabilities capabilities = new Capabilities(true, 100, 1 << 20, true);
  public boolean fresh = true;

  /** Keys of items that are refused. */
  public final Set<String> refused = new HashSet<>();

  @Override
  public Capabilities capabilities() {
    return capabilities;
  }

  @Override
  public Prepared prepare(TableSchema table, Existing existing) throws Fault {
    script.call("prepare", table.name(), existing);
    return new Prepared(fresh);
  }

  @Override
  public List<Rejected> write(TableSchema table, List<Change> changes, WriteMode mode)
      throws Fault {
    List<String> keys = keys(changes);
    script.call("write", table.name(), mode, keys);
    List<Rejected> rejected = new ArrayList<>();
    for (String key : keys) {
      if (refused.contains(key)) {
        rejected.add(new Rejected(table.name(), key, "too large", "{}"));
      }
    }
    return rejected;
  }

  @Override
  public List<Rejected> writePage(TableSchema table, Page page) throws Fault {
    script.call("writePage", table.name(), page.split().id(), keys(page.changes()));
    return List.of();
  }

  private static List<String> keys(List<Change> changes) {
    return changes.stream().map(change -> change.key().encoded().toUtf8()).toList();
  }

  @Override
  public void purgeTombstones(TableSchema table) throws Fault {
    script.call("purgeTombstones", table.name());
  }

  @Override
  public void finish(TableSchema table) throws Fault {
    script.call("finish", table.name());
  }

  @Override
  public void swapIn(TableSchema table) throws Fault {
    script.call("swapIn", table.name());
  }

  @Override
  public void close() {}
}
