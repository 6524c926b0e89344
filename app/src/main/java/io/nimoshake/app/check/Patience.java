package io.nimoshake.app.check;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.RateLimit;
import io.nimoshake.core.flow.TableLimits;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Keeps to a table's rate limits, and tries again what may pass: about a minute, not for ever. */
final class Patience {
  private static final int MOST_TRIES = 25;

  private final TableLimits limits;

  Patience(TableLimits limits) {
    this.limits = limits;
  }

  /** One call of a port. */
  interface Call<T> {
    T run() throws Fault;
  }

  /** One call of a port without an answer. */
  interface Action {
    void run() throws Fault;
  }

  <T> T retrying(Call<T> call) throws Fault {
    for (int attempt = 1; ; attempt++) {
      try {
        return call.run();
      } catch (Fault e) {
        if (!e.isRetryable() || attempt == MOST_TRIES) {
          throw e;
        }
        pause(RetryPolicy.DEFAULT.delay(attempt, ThreadLocalRandom.current().nextDouble()));
      }
    }
  }

  void retryingAction(Action action) throws Fault {
    retrying(
        () -> {
          action.run();
          return null;
        });
  }

  /** Waits until another call to the source may be made. */
  void beforeCall() throws Fault {
    awaitLimit(limits.copyCalls(), 1);
    awaitLimit(limits.copyCapacity(), 0);
  }

  void afterCall(double capacityUnits) {
    limits.copyCapacity().take(capacityUnits, System.nanoTime());
  }

  private static void awaitLimit(RateLimit limit, double units) throws Fault {
    pause(Duration.ofNanos(limit.take(units, System.nanoTime())));
  }

  /** Waits for a moment to come; a {@link Fault} if the process is told to end meanwhile. */
  static void pause(Duration duration) throws Fault {
    if (duration.isZero()) {
      return;
    }
    try {
      TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Fault.Fatal("interrupted", e);
    }
  }
}
