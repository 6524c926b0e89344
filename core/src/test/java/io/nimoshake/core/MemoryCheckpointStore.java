package io.nimoshake.core;

import io.nimoshake.core.checkpoint.Checkpoint;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Keeps a checkpoint and a lease in memory, and fails when a test wants it to. */
public final class MemoryCheckpointStore implements CheckpointStore {
  /** Each successful save. */
  public final List<List<CheckpointEntry>> saves = new ArrayList<>();

  /** What the next calls that write throw, in order. */
  public final Deque<Fault> faults = new ArrayDeque<>();

  /** If set, every call that writes throws it. */
  public Optional<Fault> down = Optional.empty();

  public Optional<Lease> lease = Optional.empty();

  /** Happens within each change of the lease. */
  public Runnable delay = () -> {};

  /** Happens within each call that fails because {@link #faults} says so. */
  public Runnable onFailure = () -> {};

  private final Checkpoint checkpoint = new Checkpoint();

  private void failIfAsked() throws Fault {
    if (down.isPresent()) {
      throw down.get();
    }
    Fault next = faults.poll();
    if (next != null) {
      onFailure.run();
      throw next;
    }
  }

  @Override
  public List<CheckpointEntry> load() {
    return checkpoint.entries();
  }

  @Override
  public void save(long fence, List<CheckpointEntry> entries) throws Fault {
    failIfAsked();
    saves.add(entries);
    checkpoint.apply(entries);
  }

  @Override
  public Optional<Lease> lease() {
    return lease;
  }

  @Override
  public boolean replaceLease(Optional<Lease> expected, Optional<Lease> next) throws Fault {
    failIfAsked();
    if (!lease.equals(expected)) {
      return false;
    }
    lease = next;
    delay.run();
    return true;
  }

  @Override
  public void close() {}
}
