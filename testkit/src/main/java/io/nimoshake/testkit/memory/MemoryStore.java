package io.nimoshake.testkit.memory;

import io.nimoshake.core.checkpoint.Checkpoint;
import io.nimoshake.core.checkpoint.LeaseClaim;
import io.nimoshake.core.checkpoint.LeaseKeeper;
import io.nimoshake.core.checkpoint.ProcessIdentity;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.Clock;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A checkpoint and a lease in memory, which outlive the processes of a test. Only the holder of the
 * lease may save; without a lease, fence 0 may. Safe for use by several threads.
 */
public final class MemoryStore implements CheckpointStore {
  private Checkpoint checkpoint = new Checkpoint();
  private Optional<Lease> lease = Optional.empty();
  private int processes;

  @Override
  public synchronized List<CheckpointEntry> load() {
    return checkpoint.entries();
  }

  @Override
  public synchronized void save(long fence, List<CheckpointEntry> entries) throws Fault {
    if (lease.map(Lease::fence).orElse(0L) != fence) {
      throw new Fault.Fatal("another process has taken over this sync");
    }
    checkpoint.apply(entries);
  }

  /** Puts in what a process before the test has saved. */
  public synchronized void put(CheckpointEntry... entries) {
    checkpoint.apply(List.of(entries));
  }

  public synchronized void clear() {
    checkpoint = new Checkpoint();
  }

  /** The position stored for a split. */
  public synchronized Optional<Position> position(String splitId) {
    return checkpoint.entries().stream()
        .filter(CheckpointEntry.OfSplit.class::isInstance)
        .map(CheckpointEntry.OfSplit.class::cast)
        .filter(entry -> entry.split().id().equals(splitId))
        .map(CheckpointEntry.OfSplit::position)
        .findFirst();
  }

  @Override
  public synchronized Optional<Lease> lease() {
    return lease;
  }

  public synchronized void setLease(Lease next) {
    lease = Optional.of(next);
  }

  /** Gives the lease to a new process. The process that had it before has crashed. */
  public synchronized LeaseKeeper leaseOfNewProcess(Clock clock) throws Fault {
    lease = Optional.empty();
    Lease process = ProcessIdentity.ofThisProcess("process-" + ++processes);
    LeaseClaim claim = new LeaseClaim(this, Duration.ofMinutes(5), clock, process);
    return ((LeaseClaim.Attempt.Acquired) claim.attempt()).keeper();
  }

  @Override
  public synchronized boolean replaceLease(Optional<Lease> expected, Optional<Lease> next) {
    if (!lease.map(Lease::fence).equals(expected.map(Lease::fence))) {
      return false;
    }
    lease = next;
    return true;
  }

  @Override
  public void close() {}
}
