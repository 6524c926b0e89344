package io.nimoshake.core.checkpoint;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.RecentFailures;
import io.nimoshake.core.flow.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/** Renews a lease until told to end; says when it is lost. */
public final class LeaseRenewal {
  /**
   * Failed tries, a second apart, after which the lease's end is the end. Meanwhile the store lets
   * nothing be saved if another process has the lease by then.
   */
  private static final int TRIES = 30;

  private static final String ACTIVITY = "renewing the lease";

  private final LeaseKeeper lease;
  private final Scheduler scheduler;
  private final RecentFailures failures;
  private final Consumer<Fault> onLost;
  private volatile boolean ended;

  public LeaseRenewal(
      LeaseKeeper lease, Scheduler scheduler, RecentFailures failures, Consumer<Fault> onLost) {
    this.lease = lease;
    this.scheduler = scheduler;
    this.failures = failures;
    this.onLost = onLost;
  }

  public void start() {
    scheduler.after(lease.renewEvery(), this::renew);
  }

  public void end() {
    ended = true;
  }

  private void renew() {
    renew(1);
  }

  private void renew(int attempt) {
    if (ended) {
      return;
    }
    Instant now = scheduler.now();
    try {
      lease.renew(now);
      if (attempt > 1) {
        failures.succeeded(ACTIVITY);
      }
      start();
    } catch (Fault f) {
      failures.failing(ACTIVITY, f, now);
      if (!f.isRetryable()) {
        onLost.accept(f);
      } else if (attempt >= TRIES && !now.isBefore(lease.expires())) {
        // Several tries: a machine that was suspended wakes up with a lease that has run out.
        onLost.accept(
            new Fault.Fatal("the lease ran out and cannot be renewed: " + f.getMessage(), f));
      } else {
        scheduler.after(Duration.ofSeconds(1), () -> renew(attempt + 1));
      }
    }
  }
}
