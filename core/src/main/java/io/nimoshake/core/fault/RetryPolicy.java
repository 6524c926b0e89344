package io.nimoshake.core.fault;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * How long to pause between tries, and when to give up.
 *
 * <p>The pause before try <i>n</i> + 1 is exponential backoff with full jitter: uniform between 0
 * and {@code min(cap, base * 2^(n-1))}. Pure: the caller brings the randomness and does the
 * waiting.
 *
 * @param base upper bound of the first pause
 * @param cap upper bound of every pause
 * @param tries give up after so many failed tries at the earliest
 * @param time give up so long after the first failed try at the earliest. Both limits must be
 *     reached: a machine that was suspended uses up the time within one try, and a call that fails
 *     at once uses up its tries within a moment.
 * @param unknownFor give up a {@link Fault.Unknown} when it has lasted so long by {@link
 *     #countedUnknown}, and not before {@value #UNKNOWN_TRIES} tries
 * @see <a href="https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/">AWS
 *     Architecture Blog, Exponential Backoff And Jitter</a>
 */
public record RetryPolicy(
    Duration base, Duration cap, int tries, Duration time, Duration unknownFor) {
  private static final Duration FOR_EVER = ChronoUnit.FOREVER.getDuration();
  private static final Duration UNKNOWN_FOR = Duration.ofMinutes(10);
  private static final int UNKNOWN_TRIES = 5;

  /**
   * Gives up nothing but unknown errors, after 10 minutes. Never pauses longer than 5 s: a stop
   * lets such a pause run out, and must be done within 10 s.
   */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(Duration.ofMillis(50), Duration.ofSeconds(5));

  /** Gives up nothing but unknown errors, after 10 minutes. */
  public RetryPolicy(Duration base, Duration cap) {
    this(base, cap, 0, FOR_EVER, UNKNOWN_FOR);
  }

  /** The same pauses; gives up when both limits are reached. */
  public RetryPolicy givingUpAfter(int failedTries, Duration failingFor) {
    return new RetryPolicy(base, cap, failedTries, failingFor, unknownFor);
  }

  /** The same, but with another time for unknown errors ({@code retry.unknown}). */
  public RetryPolicy withUnknownFor(Duration duration) {
    return new RetryPolicy(base, cap, tries, time, duration);
  }

  /**
   * The pause before the next try.
   *
   * @param failures failed tries so far, from 1
   * @param random uniform in [0, 1)
   */
  public Duration delay(int failures, double random) {
    int doublings = Math.min(failures - 1, 30);
    long bound = Math.min(cap.toNanos(), saturatedShift(base.toNanos(), doublings));
    return Duration.ofNanos((long) (bound * random));
  }

  /**
   * Whether to try no more.
   *
   * @param failures failed tries so far
   * @param failingFor time since the first of them
   */
  public boolean givesUp(int failures, Duration failingFor) {
    return failures >= tries && failingFor.compareTo(time) >= 0;
  }

  /**
   * How much of the time between two unknown errors counts. One step counts for a part of the limit
   * only: a machine that was suspended for a day between two tries has not tried for a day.
   */
  public Duration countedUnknown(Duration sinceLast) {
    Duration most = unknownFor.dividedBy(UNKNOWN_TRIES);
    return sinceLast.compareTo(most) < 0 ? sinceLast : most;
  }

  /**
   * Whether an error that nobody knows counts as final now.
   *
   * @param failures failed tries so far
   * @param failingFor the counted time between them
   */
  public boolean givesUpUnknown(int failures, Duration failingFor) {
    return failures >= UNKNOWN_TRIES && failingFor.compareTo(unknownFor) >= 0;
  }

  private static long saturatedShift(long value, int by) {
    return value > (Long.MAX_VALUE >> by) ? Long.MAX_VALUE : value << by;
  }
}
