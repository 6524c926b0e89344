package io.nimoshake.core.flow;

import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Split;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * How long to wait after a page of a stream.
 *
 * <ul>
 *   <li><b>After records:</b> not at all. But a shard that was read to its end, and gives one small
 *       page of new records after the other, stays read to its end: asked at once, it would have
 *       nothing. Every call is billed, and costs time here. So it is asked every 100 ms then.
 *   <li><b>After an empty page:</b> 100 ms for the first second after records, so that a trickle is
 *       followed closely. It doubles to 1 s, and is 3 s once nothing came for minutes. A shard that
 *       was just opened counts as quiet: thousands may be opened at once.
 * </ul>
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

  /** The service gives the time of a record in whole seconds. */
  private static final Duration NEW = Duration.ofSeconds(2);

  private final long busyCapMillis;
  private final long idleCapMillis;

  /** A shard that was just opened does not count as a trickle. */
  private long quickPolls = QUICK_POLLS;

  private int emptyPolls;
  private long idleSinceNanos;
  private long countedNanos;
  private long idleMillis;
  private long tellAtMillis = TOLD_AFTER_MILLIS;

  /** Whether the shard is read to its end, as far as its pages tell. */
  private boolean atEnd;

  IdlePolling(Split split) {
    boolean billed = !(split instanceof Split.ChangeStream);
    this.busyCapMillis = billed ? BUSY_CAP_MILLIS : CHANGE_STREAM_CAP_MILLIS;
    this.idleCapMillis = billed ? IDLE_CAP_MILLIS : CHANGE_STREAM_CAP_MILLIS;
  }

  /**
   * A page with records came; returns the time to wait. A page that is small proves little: the
   * service may have more. So it counts only if the shard was at its end before, and if its newest
   * record is new by the service's clock.
   *
   * @param asked when the page was asked for
   * @param now when it came: the time between counts as waited for
   */
  Duration afterRecords(ChangeBatch page, Instant asked, Instant now) {
    Instant begun = page.begun().orElse(asked);
    boolean isNew =
        page.newestRecord().filter(record -> record.plus(NEW).isAfter(begun)).isPresent();
    boolean stillAtEnd = atEnd && page.small() && isNew;
    reset();
    atEnd = stillAtEnd;
    long took = Math.max(0, Duration.between(asked, now).toMillis());
    return atEnd ? Duration.ofMillis(Math.max(1, FIRST_MILLIS - took)) : Duration.ZERO;
  }

  /** A page with records came. */
  private void reset() {
    quickPolls = 0;
    interrupted();
  }

  /**
   * The shard was not read for a while, as its table was paused. What came before proves nothing of
   * the time since.
   */
  void interrupted() {
    atEnd = false;
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
    atEnd = true;
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
