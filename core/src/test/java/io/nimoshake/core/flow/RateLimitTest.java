package io.nimoshake.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.core.Samples;
import io.nimoshake.core.model.Split;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void noLimitNeverWaits() {
    assertEquals(0, new RateLimit(0).take(1e9, 0));
  }

  @Test
  void beyondTheFirstUnitEachWaitsItsTurn() {
    RateLimit limit = new RateLimit(2);
    assertEquals(0, limit.take(1, 0));
    assertEquals(SECOND / 2, limit.take(1, 0));
    assertEquals(SECOND, limit.take(1, 0));
    assertEquals(0, limit.take(1, 2 * SECOND));
  }

  @Test
  void unusedRateIsKeptForAMomentOnly() {
    RateLimit limit = new RateLimit(100);
    limit.take(1, 0);
    assertEquals(0, limit.take(10, 60 * SECOND));
    assertEquals(SECOND / 100, limit.take(1, 60 * SECOND));
  }

  @Test
  void whoeverWaitsTakesItsUnitOnceAtTheNewRate() {
    RateLimit limit = new RateLimit(0.1);
    limit.take(1, 0);
    RateLimit.Turn first = limit.turn(1, 0);
    RateLimit.Turn second = limit.turn(1, 0);
    assertEquals(20 * SECOND, second.waitNanos(0));
    assertEquals(8 * SECOND, first.waitNanos(2 * SECOND));
    limit.set(1);
    assertEquals(0, first.waitNanos(2 * SECOND));
    assertEquals(SECOND, second.waitNanos(2 * SECOND));
    assertEquals(SECOND / 2, second.waitNanos(2 * SECOND + SECOND / 2));
    assertEquals(0, first.waitNanos(3 * SECOND));
    assertEquals(2 * SECOND, limit.turn(1, 2 * SECOND).waitNanos(2 * SECOND));
  }

  @Test
  void whoeverWaitsGoesOnWithoutALimit() {
    RateLimit limit = new RateLimit(0.1);
    limit.take(1, 0);
    RateLimit.Turn turn = limit.turn(1, 0);
    limit.set(0);
    assertEquals(0, turn.waitNanos(SECOND));
  }

  @Test
  void aLowerLimitHoldsForWhoeverWaits() {
    RateLimit limit = new RateLimit(1);
    limit.take(1, 0);
    RateLimit.Turn turn = limit.turn(1, 0);
    limit.set(0.1);
    assertEquals(10 * SECOND, turn.waitNanos(0));
  }

  @Test
  void aChangedCapacityTakesNoSecondCall() {
    TableLimits limits = TableLimits.of(1, 0, 10);
    Split segment = Samples.segment(0, 1);
    limits.beforeRead(segment, 0);
    limits.afterRead(segment, 1001, 0);
    LongUnaryOperator waiting = limits.beforeRead(segment, 0);
    assertEquals(100 * SECOND, waiting.applyAsLong(0));
    limits.copyCapacity().set(0);
    assertEquals(SECOND, waiting.applyAsLong(0));
    assertEquals(2 * SECOND, limits.beforeRead(segment, 0).applyAsLong(0));
  }
}
