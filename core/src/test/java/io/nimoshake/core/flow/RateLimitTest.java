package io.nimoshake.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
}
