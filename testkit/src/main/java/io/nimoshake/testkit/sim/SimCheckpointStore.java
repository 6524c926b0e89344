package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A checkpoint store in memory: a save that fails may have stored nothing, a part or all. */
final class SimCheckpointStore {
  private final SimLoop loop;
  private final SimFaults faults;
  private final Consumer<CheckpointEntry> promises;
  private final Map<String, CheckpointEntry> entries = new LinkedHashMap<>();
  private Optional<Lease> lease = Optional.empty();

  /** Who got the lease last. */
  private Optional<SimLife> holder = Optional.empty();

  /**
   * @param promises told of each entry when it is stored; throws if that breaks a promise
   */
  SimCheckpointStore(SimLoop loop, SimFaults faults, Consumer<CheckpointEntry> promises) {
    this.loop = loop;
    this.faults = faults;
    this.promises = promises;
  }

  /** As a process sees it, which may be cut off from it. */
  CheckpointStore connect(SimLife life) {
    return new Connection(life);
  }

  /** Stores one entry, as a save does, or as somebody did before the run. */
  void store(CheckpointEntry entry) {
    if (loop.isTracing()) {
      loop.trace("store: " + entry);
    }
    promises.accept(entry);
    if (entry instanceof CheckpointEntry.OfSync) {
      entries.put("sync", entry);
    } else if (entry instanceof CheckpointEntry.OfMapping) {
      entries.put("mapping", entry);
    } else if (entry instanceof CheckpointEntry.OfDirection) {
      entries.put("direction", entry);
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
    } else {
      throw new IllegalStateException("an entry of a kind that is not known here: " + entry);
    }
  }

  private void holds(SimLife life, Lease next) {
    loop.trace("store: " + life.name() + " has lease " + next);
    if (next.expires().equals(Instant.EPOCH)) {
      life.gaveLeaseBack();
      return;
    }
    holder.filter(before -> before != life).ifPresent(before -> before.lostLeaseTo(life));
    life.gotLease();
    holder = Optional.of(life);
  }

  private final class Connection implements CheckpointStore {
    private final SimLife life;

    Connection(SimLife life) {
      this.life = life;
    }

    private void before(String call) throws Fault {
      if (life.isCutOff()) {
        throw new Fault.Transient(call + ": no way to the checkpoint store", null);
      }
      faults.before(call);
    }

    @Override
    public List<CheckpointEntry> load() throws Fault {
      before("load");
      return List.copyOf(entries.values());
    }

    @Override
    public void save(long fence, List<CheckpointEntry> toSave) throws Fault {
      before("save");
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

    @Override
    public Optional<Lease> lease() throws Fault {
      before("lease");
      return lease;
    }

    @Override
    public boolean replaceLease(Optional<Lease> expected, Optional<Lease> next) throws Fault {
      before("replaceLease");
      if (!lease.map(Lease::fence).equals(expected.map(Lease::fence))) {
        return false;
      }
      lease = next;
      holds(life, next.orElseThrow());
      faults.after("replaceLease");
      return true;
    }

    @Override
    public void close() {}
  }
}
