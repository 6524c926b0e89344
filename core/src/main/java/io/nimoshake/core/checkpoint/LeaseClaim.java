package io.nimoshake.core.checkpoint;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.Clock;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import java.time.Duration;
import java.util.Optional;

/**
 * Claims the lease of a sync: one process for each {@code id}.
 *
 * <p>A lease that was given back, or whose holder is a dead process beside this one, is taken at
 * once. Any other lease is watched: while its holder renews it, the holder is alive. When it has
 * not changed for the lifetime of a lease, by this process's own clock, it is taken. Clocks of two
 * machines are never compared.
 */
public final class LeaseClaim {
  private final CheckpointStore store;
  private final Duration lifetime;
  private final Clock clock;
  private final Lease me;

  /** The lease of another as it was seen last, and since when it has been the same. */
  private Optional<Lease> seen = Optional.empty();

  private long unchangedSinceNanos;

  /**
   * @param lifetime how long a lease lives without renewal, for every holder
   * @param me who claims it; number and end of this lease do not matter
   */
  public LeaseClaim(CheckpointStore store, Duration lifetime, Clock clock, Lease me) {
    this.store = store;
    this.lifetime = lifetime;
    this.clock = clock;
    this.me = me;
  }

  /** What came of an attempt. */
  public sealed interface Attempt {
    /** It is ours. */
    record Acquired(LeaseKeeper keeper) implements Attempt {}

    /**
     * Another process has it.
     *
     * @param alive whether it is proven that this process lives; else try again in a moment
     */
    record HeldBy(Lease other, boolean alive) implements Attempt {}
  }

  /**
   * Tries to get the lease. Call it about every second until it is acquired or its holder lives.
   */
  public Attempt attempt() throws Fault {
    while (true) {
      Optional<Lease> current = store.lease();
      if (current.isPresent()) {
        Optional<Attempt.HeldBy> held = whoHolds(current.get());
        if (held.isPresent()) {
          return held.get();
        }
      }
      // Taken before the lease is stored: the keeper may believe in it a little less long.
      long askedNanos = clock.nanoTime();
      Lease mine =
          me.withFence(current.map(Lease::fence).orElse(0L) + 1).until(clock.now().plus(lifetime));
      if (store.replaceLease(current, Optional.of(mine))) {
        return new Attempt.Acquired(new LeaseKeeper(store, lifetime, clock, mine, askedNanos));
      }
    }
  }

  /** Who keeps us from taking a lease; empty if it can be taken. */
  private Optional<Attempt.HeldBy> whoHolds(Lease lease) {
    if (lease.isGivenBack() || lease.sameHolder(me)) {
      return Optional.empty();
    }
    return switch (ProcessIdentity.signOf(lease, me)) {
      case ALIVE -> Optional.of(new Attempt.HeldBy(lease, true));
      case DEAD -> Optional.empty();
      case UNCERTAIN -> watch(lease);
    };
  }

  /** Its holder is alive while it renews the lease. */
  private Optional<Attempt.HeldBy> watch(Lease lease) {
    long now = clock.nanoTime();
    if (!seen.equals(Optional.of(lease))) {
      boolean renewed = seen.filter(before -> before.fence() == lease.fence()).isPresent();
      seen = Optional.of(lease);
      unchangedSinceNanos = now;
      return Optional.of(new Attempt.HeldBy(lease, renewed));
    }
    return now - unchangedSinceNanos >= lifetime.toNanos()
        ? Optional.empty()
        : Optional.of(new Attempt.HeldBy(lease, false));
  }
}
