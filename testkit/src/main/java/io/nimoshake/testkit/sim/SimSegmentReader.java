package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.SplitReader;
import java.util.Map;

/** Scans one segment; every page shows the items as they are at the call. */
final class SimSegmentReader implements SplitReader {
  private static final int MOST_ITEMS = 6;

  private final Split.ScanSegment split;
  private final SimTable table;
  private final SimLoop loop;
  private final SimFaults faults;
  private final Map<String, Long> scanned;
  private final Runnable onClose;
  private boolean ended;
  private String afterKey;

  SimSegmentReader(
      Split.ScanSegment split,
      Position from,
      SimTable table,
      SimLoop loop,
      SimFaults faults,
      Map<String, Long> scanned,
      Runnable onClose) {
    this.split = split;
    this.table = table;
    this.loop = loop;
    this.faults = faults;
    this.scanned = scanned;
    this.onClose = onClose;
    this.afterKey = from instanceof Position.After after ? after.token() : null;
  }

  @Override
  public ChangeBatch read() throws Fault {
    if (ended) {
      throw new SimFailure(split.id() + " is read beyond its end");
    }
    faults.before("scan " + split.id());
    if (!table.exists) {
      throw new Fault.TableFailed("scan " + split.id() + ": there is no such table", null);
    }
    int limit = loop.random().between(1, MOST_ITEMS);
    ChangeBatch.Builder batch = ChangeBatch.builder(split);
    int found = 0;
    Map.Entry<String, Long> item = table.next(afterKey);
    while (item != null && found < limit) {
      String key = item.getKey();
      if (SimTable.hashOf(key) % split.total() == split.index()) {
        batch.add(table.scanned(key, item.getValue()));
        scanned.put(key, item.getValue());
        found++;
      }
      afterKey = key;
      item = table.next(key);
    }
    // The service may say that there is more where there is not.
    boolean end = item == null && (found == 0 || loop.random().chance(0.5));
    ended = end;
    ChangeBatch page =
        batch.capacityUnits(found / 2.0).build(end ? Position.END : Position.after(afterKey));
    if (loop.isTracing()) {
      loop.trace("scan " + table.name + " " + split.id() + " to " + page.position());
    }
    return page;
  }

  @Override
  public void close() {
    onClose.run();
  }
}
