package io.nimoshake.core.fault;

import java.time.Duration;

/**
 * Exponential backoff with full jitter: the delay before attempt <i>n</i> is uniform between 0 and
 * {@code min(cap, base * 2^(n-1))}. Pure: the caller brings the randomness and does the waiting.
 *
 * @param base upper bound of the first delay
 * @param cap upper bound of every delay
 * @see <a href="https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/">AWS
 *     Architecture Blog, Exponential Backoff And Jitter</a>
 */
public record RetryPolicy(Duration base, Duration cap) {
  /** Never longer than 5 s: a stop lets such a wait run out, and must be done in 10 s. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(Duration.ofMillis(50), Duration.ofSeconds(5));

  /**
   * The time to wait before the next try.
   *
   * @param attempt failed tries so far, from 1
   * @param random uniform in [0, 1)
   */
  public Duration delay(int attempt, double random) {
    int doublings = Math.min(attempt - 1, 30);
    long bound = Math.min(cap.toNanos(), saturatedShift(base.toNanos(), doublings));
    return Duration.ofNanos((long) (bound * random));
  }

  private static long saturatedShift(long value, int by) {
    return value > (Long.MAX_VALUE >> by) ? Long.MAX_VALUE : value << by;
  }
}
