package io.nimoshake.core.flow;

import java.time.Duration;

/**
 * How long to wait after an empty page of a shard: at once after a non-empty one; then 100 ms for
 * the first second, so that a steady trickle is followed closely; doubling to 1 s; 3 s once nothing
 * came for minutes, as every call is billed. A shard just opened is taken to be quiet: thousands
 * may be opened at once.
 */
final class IdlePolling {
  private static final long FIRST_MILLIS = 100;
  private static final long QUICK_POLLS = 10;
  private static final long BUSY_CAP_MILLIS = 1_000;
  private static final long IDLE_CAP_MILLIS = 3_000;
  private static final long IDLE_AFTER_MILLIS = 120_000;

  /** One empty page is no proof that nothing is there; a minute of them is. */
  private static final long TOLD_AFTER_MILLIS = 60_000;

  private static final long TOLD_EVERY_MILLIS = 300_000;

  /** A shard of which nothing was seen yet is no trickle. */
  private long emptyPolls = QUICK_POLLS;

  private long idleMillis;
  private long tellAtMillis = TOLD_AFTER_MILLIS;

  /** A page with records came. */
  void reset() {
    emptyPolls = 0;
    idleMillis = 0;
    tellAtMillis = TOLD_AFTER_MILLIS;
  }

  /** Whether it is time to say that nothing is there; true once, then again after minutes. */
  boolean isToBeTold() {
    if (idleMillis < tellAtMillis) {
      return false;
    }
    tellAtMillis = idleMillis + TOLD_EVERY_MILLIS;
    return true;
  }

  /** An empty page came; the time to wait. */
  Duration next() {
    emptyPolls++;
    long millis;
    if (idleMillis >= IDLE_AFTER_MILLIS) {
      millis = IDLE_CAP_MILLIS;
    } else if (emptyPolls <= QUICK_POLLS) {
      millis = FIRST_MILLIS;
    } else {
      millis = Math.min(BUSY_CAP_MILLIS, FIRST_MILLIS << Math.min(10, emptyPolls - QUICK_POLLS));
    }
    idleMillis += millis;
    return Duration.ofMillis(millis);
  }
}
