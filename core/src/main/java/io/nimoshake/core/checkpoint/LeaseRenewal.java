package io.nimoshake.core.checkpoint;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.Retry;
import io.nimoshake.core.flow.Scheduler;
import io.nimoshake.core.flow.SyncStats;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Renews a lease until told to end. It gives up when the lease has run out and many tries have
 * failed: a machine that was suspended wakes up with a lease that has run out, and may still get it
 * back. Meanwhile the store refuses to save if another process has the lease by then.
 */
public final class LeaseRenewal {
  private static final int TRIES = 30;
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final LeaseKeeper lease;
  private final Scheduler scheduler;
  private final Consumer<Fault> onLost;
  private final Retry retry;
  private volatile boolean ended;

  /**
   * @param onLost called once, when the lease is lost or cannot be renewed
   */
  public LeaseRenewal(
      LeaseKeeper lease, Scheduler scheduler, SyncStats stats, Consumer<Fault> onLost) {
    this.lease = lease;
    this.scheduler = scheduler;
    this.onLost = onLost;
    Duration leftAtFirstRenewal = lease.duration().minus(lease.renewEvery());
    this.retry =
        new Retry(
            stats.activity("renewing the lease"),
            new RetryPolicy(PAUSE, PAUSE).givingUpAfter(TRIES, leftAtFirstRenewal),
            scheduler);
  }

  public void start() {
    scheduler.after(lease.renewEvery(), this::renew);
  }

  public void end() {
    ended = true;
  }

  private void renew() {
    retry.run(Retry.Call.of(() -> lease.renew(scheduler.now())), new Renewed(), scheduler);
  }

  private final class Renewed implements Retry.Outcome<Void> {
    @Override
    public boolean isStopped() {
      return ended;
    }

    @Override
    public void succeeded(Void nothing) {
      start();
    }

    @Override
    public void failed(Fault fault) {
      onLost.accept(
          fault.isRetryable()
              ? new Fault.Fatal(
                  "the lease ran out and cannot be renewed: " + fault.getMessage(), fault)
              : fault);
    }
  }
}
