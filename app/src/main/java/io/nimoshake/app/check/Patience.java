package io.nimoshake.app.check;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.RateLimit;
import io.nimoshake.core.flow.Retry;
import io.nimoshake.core.flow.Sleeper;
import io.nimoshake.core.flow.SyncStats;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.port.SplitReader;
import java.time.Duration;

/** Keeps to a table's rate limits, and retries calls: for about a minute, not for ever. */
final class Patience {
  private static final RetryPolicy ABOUT_A_MINUTE =
      RetryPolicy.DEFAULT.givingUpAfter(25, Duration.ZERO);

  private static final Sleeper SLEEPER = Sleeper.IN_THREAD;

  private final TableLimits limits;
  private final SyncStats stats = new SyncStats();

  Patience(TableLimits limits) {
    this.limits = limits;
  }

  <T> T retrying(Retry.Call<T> call) throws Fault {
    return new Retry(stats.activity("comparing"), ABOUT_A_MINUTE, SLEEPER).call(call, SLEEPER);
  }

  void retryingAction(Retry.Action action) throws Fault {
    retrying(Retry.Call.of(action));
  }

  /** Reads the next page within the limits. */
  ChangeBatch read(SplitReader reader) throws Fault {
    ChangeBatch page =
        retrying(
            () -> {
              beforeCall();
              return reader.read();
            });
    afterCall(page.capacityUnits());
    return page;
  }

  /** Waits until another call to the source may be made. */
  void beforeCall() throws Fault {
    awaitLimit(limits.copyCalls(), 1);
    awaitLimit(limits.copyCapacity(), 0);
  }

  void afterCall(double capacityUnits) {
    limits.copyCapacity().take(capacityUnits, SLEEPER.nanoTime());
  }

  private static void awaitLimit(RateLimit limit, double units) throws Fault {
    pause(Duration.ofNanos(limit.take(units, SLEEPER.nanoTime())));
  }

  /** Waits for this time; a {@link Fault} if the process is told to end meanwhile. */
  static void pause(Duration duration) throws Fault {
    if (!duration.isZero()) {
      SLEEPER.sleep(duration);
    }
  }
}
