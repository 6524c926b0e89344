package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A checkpoint store in memory: a save that fails may have stored nothing, a part or all. */
final class SimCheckpointStore implements CheckpointStore {
  private final SimLoop loop;
  private final SimFaults faults;
  private final SimPromises promises;
  private final Map<String, CheckpointEntry> entries = new LinkedHashMap<>();
  private Optional<Lease> lease = Optional.empty();
  private long changes;

  SimCheckpointStore(SimLoop loop, SimFaults faults, SimPromises promises) {
    this.loop = loop;
    this.faults = faults;
    this.promises = promises;
  }

  /** Grows with every entry that is stored. */
  long changes() {
    return changes;
  }

  Map<String, CheckpointEntry> entries() {
    return entries;
  }

  @Override
  public List<CheckpointEntry> load() throws Fault {
    faults.before("load");
    return List.copyOf(entries.values());
  }

  @Override
  public void save(long fence, List<CheckpointEntry> toSave) throws Fault {
    faults.before("save");
    if (lease.map(Lease::fence).orElse(-1L) != fence) {
      throw new Fault.Fatal("the lease is another's");
    }
    boolean fails = faults.strikes();
    int effective = fails ? loop.random().between(0, toSave.size() - 1) : toSave.size();
    for (CheckpointEntry entry : toSave.subList(0, effective)) {
      faults.countDown("save");
      store(entry);
    }
    if (fails) {
      throw faults.fault("save after " + effective + " of " + toSave.size());
    }
    faults.after("save");
  }

  private void store(CheckpointEntry entry) {
    changes++;
    if (loop.isTracing()) {
      loop.trace("store: " + entry);
    }
    promises.stored(entry);
    if (entry instanceof CheckpointEntry.OfSync) {
      entries.put("sync", entry);
    } else if (entry instanceof CheckpointEntry.OfTable table) {
      entries.put("table/" + table.table(), entry);
    } else if (entry instanceof CheckpointEntry.OfSplit split) {
      entries.put("split/" + split.split().table() + "/" + split.split().id(), entry);
    } else if (entry instanceof CheckpointEntry.SplitForgotten split) {
      entries.remove("split/" + split.table() + "/" + split.splitId());
    } else if (entry instanceof CheckpointEntry.TableForgotten table) {
      entries.remove("table/" + table.table());
      faults.countDown("save");
      entries.keySet().removeIf(key -> key.startsWith("split/" + table.table() + "/"));
    }
  }

  @Override
  public Optional<Lease> lease() throws Fault {
    faults.before("lease");
    return lease;
  }

  @Override
  public boolean replaceLease(Optional<Lease> expected, Optional<Lease> next) throws Fault {
    faults.before("replaceLease");
    if (!lease.map(Lease::fence).equals(expected.map(Lease::fence))) {
      return false;
    }
    lease = next;
    faults.after("replaceLease");
    return true;
  }

  @Override
  public void close() {}
}
