package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.WriteMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A target in memory that keeps its port's promises and no more than these. */
final class SimTarget implements Target {
  /** Of a document that is not ours. */
  static final long FOREIGN = 0;

  /** What a key holds: a document of this version, or a tombstone. */
  record Doc(long version, boolean tombstone) {}

  private final SimLoop loop;
  private final SimFaults faults;
  private final Capabilities capabilities;
  private final SimPromises promises;
  private final Map<String, TreeMap<String, Doc>> collections = new HashMap<>();
  private final Set<String> prepared = new HashSet<>();

  SimTarget(SimLoop loop, SimFaults faults, Capabilities capabilities, SimPromises promises) {
    this.loop = loop;
    this.faults = faults;
    this.capabilities = capabilities;
    this.promises = promises;
  }

  TreeMap<String, Doc> collection(String table) {
    return collections.computeIfAbsent(table, name -> new TreeMap<>());
  }

  /** The process died: the next one must prepare again. */
  void forgetPrepared() {
    prepared.clear();
  }

  boolean hasTombstone(String table) {
    return collection(table).values().stream().anyMatch(Doc::tombstone);
  }

  @Override
  public Capabilities capabilities() {
    return capabilities;
  }

  @Override
  public Prepared prepare(TableSchema table, Existing existing) throws Fault {
    String name = table.name();
    faults.before("prepare " + name);
    TreeMap<String, Doc> collection = collection(name);
    if (existing == Existing.DROP || existing == Existing.RENAME) {
      promises.emptied(name);
      collection.clear();
    }
    loop.trace("target: " + name + " prepared, " + existing);
    faults.after("prepare " + name);
    prepared.add(name);
    // A resumed collection is ours; whether it holds anything says nothing.
    boolean fresh = existing == Existing.RESUME ? loop.random().chance(0.5) : collection.isEmpty();
    return new Prepared(fresh);
  }

  @Override
  public List<Rejected> write(TableSchema table, List<Change> changes, WriteMode mode)
      throws Fault {
    checkWrite(table.name(), changes);
    faults.countDown("write " + table.name());
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
    if (fails) {
      throw faults.fault("write " + table.name() + " after " + effective);
    }
    return List.of();
  }

  private void checkWrite(String table, List<Change> changes) {
    if (!prepared.contains(table)) {
      throw new SimFailure(table + " is written before it is prepared");
    }
    Set<ItemKey> keys = new HashSet<>();
    int bytes = 0;
    for (Change change : changes) {
      bytes += change.sizeBytes();
      if (!keys.add(change.key())) {
        throw new SimFailure("two changes of one key in one write");
      }
    }
    boolean tooMany = changes.size() > capabilities.maxChanges();
    if (changes.isEmpty() || tooMany || changes.size() > 1 && bytes > capabilities.maxBytes()) {
      throw new SimFailure("a write of " + changes.size() + " changes, " + bytes + " bytes");
    }
  }

  private void apply(String table, Change change, WriteMode mode) {
    TreeMap<String, Doc> collection = collection(table);
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
      promises.copied(table, key, version);
    }
    if (mode == WriteMode.COPY_IF_ABSENT && collection.containsKey(key)) {
      return;
    }
    if (loop.isTracing()) {
      loop.trace(
          "target: " + table + " " + mode + " " + key + "@" + version + (delete ? " -" : ""));
    }
    if (!delete) {
      collection.put(key, new Doc(version, false));
    } else if (mode == WriteMode.STREAM_WITH_TOMBSTONES) {
      collection.put(key, new Doc(version, true));
      promises.tombstone(table, key);
    } else {
      collection.remove(key);
    }
    promises.written(table, key, version);
  }

  @Override
  public void purgeTombstones(TableSchema table) throws Fault {
    faults.before("purge " + table.name());
    loop.trace("target: " + table.name() + " purged");
    List<String> buried =
        collection(table.name()).entrySet().stream()
            .filter(entry -> entry.getValue().tombstone())
            .map(Map.Entry::getKey)
            .toList();
    for (String key : buried) {
      collection(table.name()).remove(key);
      faults.countDown("purge " + table.name());
    }
    faults.after("purge " + table.name());
  }

  @Override
  public void finish(TableSchema table) throws Fault {
    faults.before("finish " + table.name());
    faults.after("finish " + table.name());
  }

  @Override
  public void swapIn(TableSchema table) {
    throw new UnsupportedOperationException("capabilities say so");
  }

  @Override
  public void close() {}
}
