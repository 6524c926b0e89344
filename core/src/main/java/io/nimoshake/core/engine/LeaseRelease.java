package io.nimoshake.core.engine;

import io.nimoshake.core.checkpoint.LeaseKeeper;
import io.nimoshake.core.checkpoint.LeaseRenewal;
import io.nimoshake.core.checkpoint.LeasedTarget;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.Scheduler;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Releases the lease at the end of a sync, so that the next process may begin at once. It is
 * released only when no call that changes the target is under way, and no renewal of it. If such a
 * call takes long, the lease is left to run out by itself.
 */
final class LeaseRelease {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseRelease.class);

  /**
   * How long the end waits for a call that changes the target. Only the build of indexes, or a
   * server that does not answer, takes longer.
   */
  static final Duration CALLS_MAY_TAKE = Duration.ofSeconds(3);

  private final LeasedTarget target;
  private final LeaseKeeper lease;
  private final LeaseRenewal renewal;
  private final Scheduler scheduler;

  LeaseRelease(LeasedTarget target, LeaseKeeper lease, LeaseRenewal renewal, Scheduler scheduler) {
    this.target = target;
    this.lease = lease;
    this.renewal = renewal;
    this.scheduler = scheduler;
  }

  /**
   * @param over whether the sync has ended, so that nobody waits any more
   * @param complete ends the sync; may be called more than once
   */
  void release(BooleanSupplier over, Runnable complete) {
    target.end(() -> renewal.end(() -> scheduler.control().execute(() -> now(over, complete))));
    scheduler.control().after(CALLS_MAY_TAKE, () -> keep(over, complete));
  }

  private void keep(BooleanSupplier over, Runnable complete) {
    if (!over.getAsBoolean()) {
      LOG.warn(
          "a call that changes the target is still under way, so the lease is not released; it runs"
              + " out by itself");
      complete.run();
    }
  }

  private void now(BooleanSupplier over, Runnable complete) {
    if (over.getAsBoolean()) {
      return;
    }
    try {
      lease.release();
    } catch (Fault f) {
      LOG.warn("the lease cannot be released; it runs out by itself: {}", f.getMessage());
    }
    complete.run();
  }
}
