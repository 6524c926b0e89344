package io.nimoshake.core.flow;

import io.nimoshake.core.model.Split;
import java.util.function.LongUnaryOperator;

/**
 * The limits on reading a table. They can be changed while it runs.
 *
 * @param copyCalls calls a second of the copy ({@code qps.full})
 * @param streamCalls calls a second of the stream ({@code qps.incr})
 * @param copyCapacity read capacity units a second ({@code qps.full.read_capacity})
 * @param gate shut while the table is paused
 */
public record TableLimits(
    RateLimit copyCalls, RateLimit streamCalls, RateLimit copyCapacity, Gate gate) {

  public static TableLimits of(double copyCalls, double streamCalls, double copyCapacity) {
    return new TableLimits(
        new RateLimit(copyCalls),
        new RateLimit(streamCalls),
        new RateLimit(copyCapacity),
        new Gate());
  }

  public static TableLimits none() {
    return of(0, 0, 0);
  }

  /**
   * Takes the next call for this split.
   *
   * @return nanoseconds still to wait before the call, if it is now so late
   */
  LongUnaryOperator beforeRead(Split split, long nowNanos) {
    if (split instanceof Split.OfStream) {
      return streamCalls.turn(1, nowNanos)::waitNanos;
    }
    RateLimit.Turn call = copyCalls.turn(1, nowNanos);
    RateLimit.Turn capacity = copyCapacity.turn(0, nowNanos);
    return now -> Math.max(call.waitNanos(now), capacity.waitNanos(now));
  }

  /** Accounts for what a call cost. */
  void afterRead(Split split, double capacityUnits, long nowNanos) {
    if (split instanceof Split.OfCopy) {
      copyCapacity.take(capacityUnits, nowNanos);
    }
  }
}
