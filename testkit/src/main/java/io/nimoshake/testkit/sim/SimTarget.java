package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.WriteMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** A target in memory; its connections keep their port's promises and no more than these. */
final class SimTarget {
  /** Of a document that is not ours. */
  static final long FOREIGN = 0;

  /** What a key holds: a document of this version, or a tombstone. */
  record Doc(long version, boolean tombstone) {}

  private final SimLoop loop;
  private final SimFaults faults;
  private final Target.Capabilities capabilities;
  private final SimPromises promises;

  /** A collection: what its keys hold, and what was written to it. */
  static final class Content {
    final TreeMap<String, Doc> docs = new TreeMap<>();

    /** Version of the last write of a key, whether put or delete. */
    final Map<String, Long> last = new HashMap<>();

    /** The same documents as a mapping would place them. */
    final SimMapped mapped = new SimMapped();

    /** Newest version of a key that a copy write has brought, inserted or not. */
    final Map<String, Long> copied = new HashMap<>();

    /** Newest version of a key that was ever written. The stream may bring older ones again. */
    final Map<String, Long> newest = new HashMap<>();

    boolean hasTombstone() {
      return mapped.hasTombstone() || docs.values().stream().anyMatch(Doc::tombstone);
    }
  }

  private final Map<String, Content> collections = new HashMap<>();
  private final Map<String, Content> besides = new HashMap<>();
  private final Map<String, Function<SimLife, Fault>> refused = new HashMap<>();

  SimTarget(
      SimLoop loop, SimFaults faults, Target.Capabilities capabilities, SimPromises promises) {
    this.loop = loop;
    this.faults = faults;
    this.capabilities = capabilities;
    this.promises = promises;
  }

  Content collection(String table) {
    return collections.computeIfAbsent(table, name -> new Content());
  }

  /** The collection beside, as long as it has not taken its place. */
  Content besideOrCollection(String table) {
    return besides.getOrDefault(table, collection(table));
  }

  /**
   * From now on every write of this table fails.
   *
   * @param how the fault that a process meets
   */
  void refuse(String table, Function<SimLife, Fault> how) {
    loop.trace("target: refuses " + table);
    refused.put(table, how);
  }

  /** Takes the writes of all tables again. */
  void refuseNothing() {
    refused.clear();
  }

  /** As a process sees it, which must prepare each table by itself. */
  Target connect(SimLife life) {
    return new Connection(life);
  }

  private final class Connection implements Target {
    private final SimLife life;

    /** By table: which of its two collections takes writes since this process prepared it. */
    private final Map<String, Content> written = new HashMap<>();

    Connection(SimLife life) {
      this.life = life;
    }

    @Override
    public Capabilities capabilities() {
      return capabilities;
    }

    @Override
    public Prepared prepare(TableSchema table, Existing existing) throws Fault {
      String name = table.name();
      life.writes("prepares " + name);
      faults.before("prepare " + name);
      boolean resumes = existing == Existing.RESUME || existing == Existing.RESUME_BESIDE;
      if (existing == Existing.DROP || existing == Existing.RENAME) {
        promises.emptied(name);
        collections.put(name, new Content());
      } else if (existing == Existing.BESIDE) {
        promises.emptiedBeside(name);
        besides.put(name, new Content());
      }
      Content content =
          existing == Existing.BESIDE || existing == Existing.RESUME_BESIDE
              ? besideOrCollection(name)
              : collection(name);
      loop.trace("target: " + name + " prepared, " + existing);
      faults.after("prepare " + name);
      written.put(name, content);
      // A resumed collection is ours; whether it holds anything says nothing.
      return new Prepared(resumes ? loop.random().chance(0.5) : content.docs.isEmpty());
    }

    @Override
    public List<Rejected> write(TableSchema table, List<Change> changes, WriteMode mode)
        throws Fault {
      life.writes("writes to " + table.name());
      checkWrite(table.name(), changes);
      faults.countDown("write " + table.name());
      if (refused.containsKey(table.name())) {
        throw refused.get(table.name()).apply(life);
      }
      List<Change> inAnyOrder = new ArrayList<>(changes);
      loop.random().shuffle(inAnyOrder);
      int effective = changes.size();
      boolean fails = faults.strikes();
      if (fails) {
        effective = loop.random().between(0, changes.size());
      }
      for (Change change : inAnyOrder.subList(0, effective)) {
        apply(table.name(), change, mode);
        faults.countDown("write " + table.name());
      }
      writeMapped(written.get(table.name()).mapped, inAnyOrder, mode, fails ? effective : -1);
      if (fails) {
        throw faults.fault("write " + table.name() + " after " + effective);
      }
      return List.of();
    }

    /**
     * All documents are written before any is deleted.
     *
     * @param failsAfter after how many statements the write fails; -1 if it does not. An even
     *     number counts documents, an odd one counts deletes after all documents.
     */
    private void writeMapped(
        SimMapped mapped, List<Change> changes, WriteMode mode, int failsAfter) {
      boolean inDeletes = failsAfter % 2 != 0;
      int documents = inDeletes ? changes.size() : failsAfter;
      int deletes = failsAfter < 0 ? changes.size() : inDeletes ? failsAfter : 0;
      changes.subList(0, documents).forEach(change -> mapped.write(change, mode));
      changes.subList(0, deletes).forEach(change -> mapped.deleteOthers(change, mode));
    }

    private void checkWrite(String table, List<Change> changes) {
      if (!written.containsKey(table)) {
        throw new SimFailure(table + " is written before it is prepared");
      }
      SimFailure.unlessFits(changes, capabilities);
    }

    private void apply(String table, Change change, WriteMode mode) {
      Content content = written.get(table);
      String key = SimTable.keyOf(change);
      long version = SimTable.versionOf(change);
      boolean delete = change instanceof Change.Delete;
      boolean copied = mode == WriteMode.COPY_IF_ABSENT || mode == WriteMode.COPY_REPLACE;
      boolean tombstones =
          mode == WriteMode.COPY_IF_ABSENT || mode == WriteMode.STREAM_WITH_TOMBSTONES;
      if (delete && copied || tombstones && !capabilities.insertIfAbsent()) {
        throw new SimFailure("a " + (delete ? "delete" : "put") + " written " + mode);
      }
      if (copied) {
        content.copied.merge(key, version, Math::max);
      }
      if (mode == WriteMode.COPY_IF_ABSENT && content.docs.containsKey(key)) {
        return;
      }
      if (loop.isTracing()) {
        loop.trace(
            "target: " + table + " " + mode + " " + key + "@" + version + (delete ? " -" : ""));
      }
      if (!delete) {
        content.docs.put(key, new Doc(version, false));
      } else if (mode == WriteMode.STREAM_WITH_TOMBSTONES) {
        content.docs.put(key, new Doc(version, true));
        promises.tombstone(table, key);
      } else {
        content.docs.remove(key);
      }
      content.last.put(key, version);
      content.newest.merge(key, version, Math::max);
      promises.written(table, key, version);
    }

    @Override
    public void purgeTombstones(TableSchema table) throws Fault {
      life.writes("purges " + table.name());
      faults.before("purge " + table.name());
      loop.trace("target: " + table.name() + " purged");
      Content content = written.get(table.name());
      List<String> buried =
          content.docs.entrySet().stream()
              .filter(entry -> entry.getValue().tombstone())
              .map(Map.Entry::getKey)
              .toList();
      for (String key : buried) {
        content.docs.remove(key);
        faults.countDown("purge " + table.name());
      }
      content.mapped.purge();
      faults.after("purge " + table.name());
    }

    @Override
    public void finish(TableSchema table) throws Fault {
      life.writes("finishes " + table.name());
      faults.before("finish " + table.name());
      faults.after("finish " + table.name());
    }

    @Override
    public void swapIn(TableSchema table) throws Fault {
      String name = table.name();
      life.writes("swaps in " + name);
      faults.before("swapIn " + name);
      if (besides.containsKey(name)) {
        promises.swapped(name);
        collections.put(name, besides.remove(name));
        loop.trace("target: " + name + " swapped in");
      }
      faults.after("swapIn " + name);
    }

    @Override
    public void close() {}
  }
}
