package io.nimoshake.core.checkpoint;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.Clock;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Holds the lease of this sync; {@link LeaseClaim} gets it. A process that cannot reach the store
 * cannot know whether another one has taken its lease, so it stops writing when the lease has run
 * out by its own clock: {@link #isValid}.
 */
public final class LeaseKeeper {
  private final CheckpointStore store;
  private final Duration lifetime;
  private final Clock clock;

  // Guarded by this.
  private Lease lease;
  private long renewedNanos;

  LeaseKeeper(
      CheckpointStore store, Duration lifetime, Clock clock, Lease lease, long acquiredNanos) {
    this.store = store;
    this.lifetime = lifetime;
    this.clock = clock;
    this.lease = lease;
    this.renewedNanos = acquiredNanos;
  }

  /** The number under which this holder writes. */
  public synchronized long fence() {
    return lease.fence();
  }

  /** When it runs out if it is not renewed. */
  public synchronized Instant expires() {
    return lease.expires();
  }

  /** How often to renew: often enough that two renewals may fail. */
  public Duration renewEvery() {
    return lifetime.dividedBy(3);
  }

  /**
   * Whether this process may write now. The steady clock may stand still while a machine is
   * suspended, and the wall clock may be set back; the lease is valid only if both say so.
   */
  public synchronized boolean isValid() {
    return clock.nanoTime() - renewedNanos < lifetime.toNanos()
        && clock.now().isBefore(lease.expires());
  }

  /** Lets it live on from now; {@link Fault.Fatal} if another process has taken it. */
  public void renew() throws Fault {
    Lease held;
    synchronized (this) {
      held = lease;
    }
    long askedNanos = clock.nanoTime();
    Lease next = held.until(clock.now().plus(lifetime));
    if (!store.replaceLease(Optional.of(held), Optional.of(next))) {
      throw new Fault.Fatal("another process has taken over this sync");
    }
    synchronized (this) {
      lease = next;
      renewedNanos = askedNanos;
    }
  }

  /** Gives it back, so that the next process need not wait. */
  public void release() throws Fault {
    Lease held;
    synchronized (this) {
      held = lease;
    }
    // Kept with its fence: the next holder's number must be higher.
    store.replaceLease(Optional.of(held), Optional.of(held.until(Instant.EPOCH)));
  }
}
