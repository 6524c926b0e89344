package io.nimoshake.core.checkpoint;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.CallsUnderWay;
import io.nimoshake.core.flow.Retry;
import io.nimoshake.core.flow.Scheduler;
import io.nimoshake.core.flow.SyncStats;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Renews a lease until told to end. It never gives up: while the store cannot be reached, nothing
 * is written once the lease has run out ({@link LeasedTarget}), and the sync goes on when the store
 * answers, unless another process has taken the lease by then.
 */
public final class LeaseRenewal {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final LeaseKeeper lease;
  private final Scheduler scheduler;
  private final Consumer<Fault> onLost;
  private final Retry retry;

  private final CallsUnderWay renewals = new CallsUnderWay();

  /**
   * @param onLost called once, when another process has taken the lease
   */
  public LeaseRenewal(
      LeaseKeeper lease, Scheduler scheduler, SyncStats stats, Consumer<Fault> onLost) {
    this.lease = lease;
    this.scheduler = scheduler;
    this.onLost = onLost;
    this.retry =
        new Retry(stats.activity("renewing the lease"), new RetryPolicy(PAUSE, PAUSE), scheduler);
  }

  public void start() {
    scheduler.after(lease.renewEvery(), this::renew);
  }

  /**
   * Renews no more. A renewal under way may still change the lease, so who wants to release it must
   * wait for that.
   *
   * @param then runs once, when no renewal is under way
   */
  public void end(Runnable then) {
    renewals.close(then);
  }

  private void renew() {
    retry.run(Retry.Call.of(this::renewUnlessEnded), new Renewed(), scheduler);
  }

  private void renewUnlessEnded() throws Fault {
    if (renewals.begin()) {
      try {
        lease.renew();
      } finally {
        renewals.returned();
      }
    }
  }

  private final class Renewed implements Retry.Outcome<Void> {
    @Override
    public boolean isStopped() {
      return renewals.isClosed();
    }

    @Override
    public void succeeded(Void nothing) {
      if (!renewals.isClosed()) {
        start();
      }
    }

    @Override
    public void failed(Fault fault) {
      onLost.accept(fault);
    }
  }
}
