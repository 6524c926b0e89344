package io.nimoshake.core.flow;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/**
 * How long calls took, counted in fixed buckets. Record one entry for each call, not for each item.
 * Written by many threads, read by anyone at any time.
 */
public final class LatencyHistogram {
  private static final long MILLI = 1_000_000;

  /** Upper bounds, inclusive. Calls that took longer than the last have a bucket of their own. */
  private static final long[] BOUNDS_NANOS =
      Arrays.stream(
              new long[] {1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000})
          .map(millis -> millis * MILLI)
          .toArray();

  private final LongAdder[] counts = new LongAdder[BOUNDS_NANOS.length + 1];
  private final LongAdder totalNanos = new LongAdder();

  public LatencyHistogram() {
    Arrays.setAll(counts, i -> new LongAdder());
  }

  /** Counts one call. */
  public void record(long nanos) {
    int found = Arrays.binarySearch(BOUNDS_NANOS, nanos);
    counts[found < 0 ? -found - 1 : found].increment();
    totalNanos.add(nanos);
  }

  /** Upper bounds of all buckets but the last, which has none. */
  public static long[] boundsNanos() {
    return BOUNDS_NANOS.clone();
  }

  /** Calls in each bucket, one bucket more than there are bounds. */
  public long[] counts() {
    return Arrays.stream(counts).mapToLong(LongAdder::sum).toArray();
  }

  /** The time that all calls took together. */
  public long totalNanos() {
    return totalNanos.sum();
  }
}
