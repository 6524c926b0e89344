package io.nimoshake.core.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  private final RetryPolicy policy = new RetryPolicy(Duration.ofMillis(50), Duration.ofSeconds(20));

  @Test
  void theBoundDoublesUpToTheCap() {
    assertEquals(Duration.ofMillis(25), policy.delay(1, 0.5));
    assertEquals(Duration.ofMillis(100), policy.delay(3, 0.5));
    assertEquals(Duration.ofSeconds(10), policy.delay(10, 0.5));
    assertEquals(Duration.ofSeconds(10), policy.delay(1_000_000, 0.5));
    assertEquals(Duration.ZERO, policy.delay(5, 0));
  }
}
