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

  private final String table;
  private final String activity;
  private final TableStats.Retries counters;
  private final RecentFailures failures;
  private int attempts;

  /**
   * @param activity what is tried, for people: "reading shard-1"
   */
  Retry(String table, String activity, TableStats.Retries counters, RecentFailures failures) {
    this.table = table;
    this.activity = activity;
    this.counters = counters;
    this.failures = failures;
  }

  /** One more failure; the time to wait before the next try. */
  Duration failed(Fault fault, RetryPolicy policy, Scheduler scheduler) {
    attempts++;
    counters.count(fault);
    failures.failing(activity, fault, scheduler.now());
    if (attempts == LOGGED_FROM) {
      LOG.warn(
          "table {}: {} is held up ({}), trying on: {}",
          table,
          activity,
          fault.kind(),
          fault.getMessage());
    }
    return policy.delay(attempts, scheduler.random());
  }

  void succeeded() {
    if (attempts == 0) {
      return;
    }
    failures.succeeded(activity);
    if (attempts >= LOGGED_FROM) {
      LOG.info("table {}: {} goes on after {} failed tries", table, activity, attempts);
    }
    attempts = 0;
  }
}
