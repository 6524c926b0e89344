package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.WriteMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The tables of DynamoDB in memory, which the way back writes. */
final class BackTables {
  private static final String UNFIT = "unfit";
  private static final String WITHOUT_DOCUMENT = "without-document-";

  /** A table: the versions of its items by key. */
  static final class Table {
    final TreeMap<String, Long> items = new TreeMap<>();
    boolean exists = true;
  }

  final Map<String, Table> tables;
  private final SimLoop loop;
  private final SimFaults faults;
  private final SimWrongAnswers wrong;
  private final BackPromises promises;
  private final Target.Capabilities capabilities;

  BackTables(
      Map<String, Table> tables,
      SimLoop loop,
      SimFaults faults,
      SimWrongAnswers wrong,
      BackPromises promises) {
    this.tables = tables;
    this.loop = loop;
    this.faults = faults;
    this.wrong = wrong;
    this.promises = promises;
    this.capabilities = new Target.Capabilities(false, loop.random().between(1, 10), 200, false);
  }

  Table table(String name) {
    return tables.get(name);
  }

  /** Adds items that never had a document: nobody may delete them. */
  void addItemsWithoutDocument(String table, int items) {
    for (int i = 0; i < items; i++) {
      table(table).items.put(WITHOUT_DOCUMENT + i, 0L);
    }
  }

  static boolean hadNoDocument(String key) {
    return key.startsWith(WITHOUT_DOCUMENT);
  }

  /** A change whose item is refused if the document is unfit. */
  static Change upsert(String key, long version, boolean unfit) {
    Change.Upsert fit = (Change.Upsert) SimTable.upsert(key, version);
    byte[] text = (UNFIT + version).getBytes(StandardCharsets.UTF_8);
    return unfit ? new Change.Upsert(fit.key(), Slice.of(text)) : fit;
  }

  private static boolean isUnfit(Change change) {
    return change instanceof Change.Upsert upsert && upsert.document().toUtf8().startsWith(UNFIT);
  }

  /** As a process sees it, which must prepare each table by itself. */
  Target connect(SimLife life) {
    return new Connection(life);
  }

  private final class Connection implements Target {
    private final SimLife life;
    private final Set<String> prepared = new HashSet<>();

    Connection(SimLife life) {
      this.life = life;
    }

    @Override
    public Capabilities capabilities() {
      return capabilities;
    }

    @Override
    public Prepared prepare(TableSchema table, Existing existing) throws Fault {
      life.writes("prepares " + table.name());
      if (existing != Existing.RESUME) {
        throw new SimFailure(table.name() + " is prepared with " + existing);
      }
      faults.before("prepare " + table.name());
      requireThere(table.name());
      prepared.add(table.name());
      return new Prepared(false);
    }

    private void requireThere(String table) throws Fault {
      if (!table(table).exists || wrong.isWrong("the table that is written, " + table)) {
        throw new Fault.TableGone("there is no table " + table, null);
      }
    }

    @Override
    public List<Rejected> write(TableSchema table, List<Change> changes, WriteMode mode)
        throws Fault {
      life.writes("writes to " + table.name());
      checkWrite(table.name(), changes, mode);
      faults.countDown("write " + table.name());
      requireThere(table.name());
      List<Change> inAnyOrder = new ArrayList<>(changes);
      loop.random().shuffle(inAnyOrder);
      boolean fails = faults.strikes();
      int effective = fails ? loop.random().between(0, changes.size()) : changes.size();
      List<Rejected> rejected = new ArrayList<>();
      for (Change change : inAnyOrder.subList(0, effective)) {
        if (isUnfit(change)) {
          rejected.add(
              new Rejected(
                  table.name(),
                  SimTable.keyOf(change),
                  Long.toString(SimTable.versionOf(change)),
                  "{}"));
        } else {
          apply(table.name(), change);
        }
        faults.countDown("write " + table.name());
      }
      if (fails) {
        throw faults.fault("write " + table.name() + " after " + effective);
      }
      return rejected;
    }

    private void checkWrite(String table, List<Change> changes, WriteMode mode) {
      if (!prepared.contains(table)) {
        throw new SimFailure(table + " is written before it is prepared");
      }
      SimFailure.unlessFits(changes, capabilities);
      if (mode != WriteMode.STREAM) {
        throw new SimFailure(table + " is written in mode " + mode);
      }
    }

    private void apply(String table, Change change) {
      String key = SimTable.keyOf(change);
      long version = SimTable.versionOf(change);
      boolean delete = change instanceof Change.Delete;
      if (loop.isTracing()) {
        loop.trace("dynamodb: " + table + " " + key + "@" + version + (delete ? " deleted" : ""));
      }
      promises.written(table, key, version);
      if (delete) {
        table(table).items.remove(key);
      } else {
        table(table).items.put(key, version);
      }
    }

    @Override
    public void purgeTombstones(TableSchema table) {
      throw new SimFailure(table.name() + " has no tombstones");
    }

    @Override
    public void finish(TableSchema table) {
      throw new SimFailure(table.name() + " has no copy that ends");
    }

    @Override
    public void swapIn(TableSchema table) {
      throw new SimFailure(table.name() + " cannot be swapped");
    }

    @Override
    public void close() {}
  }
}
