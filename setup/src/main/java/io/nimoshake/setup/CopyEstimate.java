package io.nimoshake.setup;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/**
 * The estimated cost and time of copying a table. It uses the size that DescribeTable returns,
 * which may be six hours old. The time is a lower bound, because the target may be slower.
 *
 * @param readUnits capacity units of an eventually consistent Scan: half a unit for each 4 KB
 * @param calls the number of Scan calls
 * @param duration the time that the strictest limit allows
 * @param boundBy the strictest limit
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html">
 *     DynamoDB read and write operations</a>
 */
public record CopyEstimate(double readUnits, long calls, Duration duration, Bound boundBy) {
  private static final long UNIT_BYTES = 4096;
  private static final long PAGE_BYTES = 1 << 20;

  /** The speed of two cores, measured: see docs/benchmarks.md. */
  static final double BYTES_PER_SECOND = 10e6;

  /** The limits of a copy's speed. */
  public enum Bound {
    CALLS("qps.full"),
    CAPACITY("qps.full.read_capacity"),
    PROVISIONED("the table's provisioned read capacity"),
    SPEED("10 MB/s, measured on two cores");

    private final String text;

    Bound(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * The limits that the user set, and that of the table.
   *
   * @param callsPerSecond {@code qps.full}
   * @param itemsPerCall {@code qps.full.batch_num}; empty: 1 MB
   * @param unitsPerSecond {@code qps.full.read_capacity}; 0 for no limit
   * @param provisioned the table's provisioned read capacity; empty if it is on demand
   */
  public record Limits(
      double callsPerSecond,
      OptionalLong itemsPerCall,
      double unitsPerSecond,
      OptionalLong provisioned) {}

  public static CopyEstimate of(long items, long bytes, Limits limits) {
    double units = Math.ceil(bytes / (double) UNIT_BYTES) / 2;
    long calls = Math.max(1, ceil(bytes, PAGE_BYTES));
    if (limits.itemsPerCall().isPresent()) {
      calls = Math.max(calls, ceil(items, limits.itemsPerCall().getAsLong()));
    }
    Bound bound = Bound.SPEED;
    double seconds = bytes / BYTES_PER_SECOND;
    double byCalls = calls / limits.callsPerSecond();
    if (byCalls > seconds) {
      seconds = byCalls;
      bound = Bound.CALLS;
    }
    if (limits.unitsPerSecond() > 0 && units / limits.unitsPerSecond() > seconds) {
      seconds = units / limits.unitsPerSecond();
      bound = Bound.CAPACITY;
    }
    if (limits.provisioned().isPresent() && units / limits.provisioned().getAsLong() > seconds) {
      seconds = units / limits.provisioned().getAsLong();
      bound = Bound.PROVISIONED;
    }
    return new CopyEstimate(units, calls, Duration.ofMillis((long) (seconds * 1000)), bound);
  }

  private static long ceil(long amount, long by) {
    return (amount + by - 1) / by;
  }

  /** The time for all copies in the given order, if some of them run at the same time. */
  public static Duration together(List<CopyEstimate> estimates, int atATime) {
    PriorityQueue<Long> free = new PriorityQueue<>();
    for (int i = 0; i < atATime; i++) {
      free.add(0L);
    }
    long end = 0;
    for (CopyEstimate estimate : estimates) {
      long done = free.remove() + estimate.duration().toMillis();
      free.add(done);
      end = Math.max(end, done);
    }
    return Duration.ofMillis(end);
  }
}
