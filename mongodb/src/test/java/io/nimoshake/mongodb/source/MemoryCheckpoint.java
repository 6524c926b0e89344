package io.nimoshake.mongodb.source;

import io.nimoshake.core.checkpoint.Checkpoint;
import io.nimoshake.core.checkpoint.LeaseClaim;
import io.nimoshake.core.checkpoint.LeaseKeeper;
import io.nimoshake.core.checkpoint.ProcessIdentity;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.Clock;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A checkpoint that outlives the processes of a test. A process that crashed has no lease. */
final class MemoryCheckpoint implements CheckpointStore {
  private final Checkpoint state = new Checkpoint();
  private Optional<Lease> lease = Optional.empty();
  private long fence;

  synchronized void put(CheckpointEntry... entries) {
    state.apply(List.of(entries));
  }

  /** The lease of a new process. Whoever had it before is dead. */
  synchronized LeaseKeeper lease(Clock clock) throws Fault {
    lease = Optional.empty();
    LeaseClaim claim =
        new LeaseClaim(
            this, Duration.ofMinutes(5), clock, ProcessIdentity.ofThisProcess("life" + ++fence));
    return ((LeaseClaim.Attempt.Acquired) claim.attempt()).keeper();
  }

  @Override
  public synchronized List<CheckpointEntry> load() {
    return state.entries();
  }

  @Override
  public synchronized void save(long writer, List<CheckpointEntry> entries) throws Fault {
    if (lease.map(Lease::fence).orElse(-1L) != writer) {
      throw new Fault.Fatal("the lease is another's");
    }
    state.apply(entries);
  }

  @Override
  public synchronized Optional<Lease> lease() {
    return lease;
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
  public void close() {
    // It stays as it is for the next process.
  }
}
