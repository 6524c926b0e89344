package io.nimoshake.core.flow;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

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

  /** A few empty pages are no proof that nothing is there; a minute of them is. */
  private static final long TOLD_AFTER_MILLIS = 60_000;

  private static final int TOLD_AFTER_POLLS = 10;
  private static final long TOLD_EVERY_MILLIS = 300_000;

  /** A shard of which nothing was seen yet is no trickle. */
  private long quickPolls = QUICK_POLLS;

  private int emptyPolls;
  private long idleSinceNanos;
  private long idleMillis;
  private long tellAtMillis = TOLD_AFTER_MILLIS;

  /** A page with records came. */
  void reset() {
    quickPolls = 0;
    emptyPolls = 0;
    idleMillis = 0;
    tellAtMillis = TOLD_AFTER_MILLIS;
  }

  /** Whether it is time to say that nothing is there; true once, then again after minutes. */
  boolean isToBeTold() {
    if (emptyPolls < TOLD_AFTER_POLLS || idleMillis < tellAtMillis) {
      return false;
    }
    tellAtMillis = idleMillis + TOLD_EVERY_MILLIS;
    return true;
  }

  /**
   * An empty page came; the time to wait. What counts is the time that has passed and not the times
   * asked for: a rate limit may keep a shard waiting for much longer.
   */
  Duration next(long nowNanos) {
    if (emptyPolls++ == 0) {
      idleSinceNanos = nowNanos;
    }
    quickPolls++;
    idleMillis = TimeUnit.NANOSECONDS.toMillis(nowNanos - idleSinceNanos);
    if (idleMillis >= IDLE_AFTER_MILLIS) {
      return Duration.ofMillis(IDLE_CAP_MILLIS);
    }
    return quickPolls <= QUICK_POLLS
        ? Duration.ofMillis(FIRST_MILLIS)
        : Duration.ofMillis(
            Math.min(BUSY_CAP_MILLIS, FIRST_MILLIS << Math.min(10, quickPolls - QUICK_POLLS)));
  }
}
