package io.nimoshake.core.flow;

import io.nimoshake.core.model.Split;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long to wait after an empty page of a stream. After a page with records there is no wait.
 * Then the wait is 100 ms for the first second, so that a steady trickle is followed closely. It
 * doubles to 1 s, and is 3 s once nothing came for minutes, because every call is billed. A shard
 * that was just opened counts as quiet: thousands may be opened at once.
 *
 * <p>Calls to MongoDB are not billed, and a table has one change stream only. So it is asked at
 * least every 400 ms.
 */
final class IdlePolling {
  private static final long FIRST_MILLIS = 100;
  private static final long QUICK_POLLS = 10;
  private static final long BUSY_CAP_MILLIS = 1_000;
  private static final long IDLE_CAP_MILLIS = 3_000;
  private static final long CHANGE_STREAM_CAP_MILLIS = 400;
  private static final long IDLE_AFTER_MILLIS = 120_000;

  /** A few empty pages are no proof that nothing is there; a minute of them is. */
  private static final long TOLD_AFTER_MILLIS = 60_000;

  private static final int TOLD_AFTER_POLLS = 10;

  /**
   * Empty pages that follow each other more closely count as one. A machine that was suspended for
   * hours after a few quick ones would else take its sleep for hours of empty pages.
   */
  private static final long COUNTED_EVERY_MILLIS = 5_000;

  private static final long TOLD_EVERY_MILLIS = 300_000;

  private final long busyCapMillis;
  private final long idleCapMillis;

  /** A shard that was just opened does not count as a trickle. */
  private long quickPolls = QUICK_POLLS;

  private int emptyPolls;
  private long idleSinceNanos;
  private long countedNanos;
  private long idleMillis;
  private long tellAtMillis = TOLD_AFTER_MILLIS;

  IdlePolling(Split split) {
    boolean billed = !(split instanceof Split.ChangeStream);
    this.busyCapMillis = billed ? BUSY_CAP_MILLIS : CHANGE_STREAM_CAP_MILLIS;
    this.idleCapMillis = billed ? IDLE_CAP_MILLIS : CHANGE_STREAM_CAP_MILLIS;
  }

  /** A page with records came. */
  void reset() {
    quickPolls = 0;
    interrupted();
  }

  /**
   * The shard was not read for a while, as its table was paused. What came before proves nothing of
   * the time since.
   */
  void interrupted() {
    emptyPolls = 0;
    idleMillis = 0;
    tellAtMillis = TOLD_AFTER_MILLIS;
  }

  /** Whether to report that nothing is there; true once, then again after minutes. */
  boolean isToBeTold() {
    if (emptyPolls < TOLD_AFTER_POLLS || idleMillis < tellAtMillis) {
      return false;
    }
    tellAtMillis = idleMillis + TOLD_EVERY_MILLIS;
    return true;
  }

  /**
   * An empty page came; returns the time to wait. It depends on the time that has passed and not on
   * the waits returned before: a rate limit may have kept the shard waiting for much longer.
   */
  Duration next(long nowNanos) {
    if (emptyPolls == 0) {
      idleSinceNanos = nowNanos;
    }
    if (emptyPolls == 0
        || nowNanos - countedNanos >= TimeUnit.MILLISECONDS.toNanos(COUNTED_EVERY_MILLIS)) {
      emptyPolls++;
      countedNanos = nowNanos;
    }
    quickPolls++;
    idleMillis = TimeUnit.NANOSECONDS.toMillis(nowNanos - idleSinceNanos);
    if (idleMillis >= IDLE_AFTER_MILLIS) {
      return Duration.ofMillis(idleCapMillis);
    }
    return quickPolls <= QUICK_POLLS
        ? Duration.ofMillis(FIRST_MILLIS)
        : Duration.ofMillis(
            Math.min(busyCapMillis, FIRST_MILLIS << Math.min(10, quickPolls - QUICK_POLLS)));
  }
}
