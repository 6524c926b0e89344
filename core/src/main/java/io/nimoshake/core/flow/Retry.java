package io.nimoshake.core.flow;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the failures of one activity in a row, says how long to wait and tells the log when
 * trouble begins and when it is over, not at every try.
 */
final class Retry {
  private static final Logger LOG = LoggerFactory.getLogger(Retry.class);

  /** A single failed call is everyday life; trouble begins here. */
  private static final int LOGGED_FROM = 3;

  private final String activity;
  private final TableStats stats;
  private int attempts;

  /**
   * @param activity what is tried, for the log: "table orders: writing"
   */
  Retry(String activity, TableStats stats) {
    this.activity = activity;
    this.stats = stats;
  }

  /** One more failure; the time to wait before the next try. */
  Duration failed(Fault fault, RetryPolicy policy, double random) {
    attempts++;
    (fault instanceof Fault.Throttled ? stats.throttles : stats.retries).increment();
    if (attempts == LOGGED_FROM) {
      LOG.warn("{} is held up ({}), trying on: {}", activity, fault.kind(), fault.getMessage());
    }
    return policy.delay(attempts, random);
  }

  void succeeded() {
    if (attempts >= LOGGED_FROM) {
      LOG.info("{} goes on after {} failed tries", activity, attempts);
    }
    attempts = 0;
  }
}
