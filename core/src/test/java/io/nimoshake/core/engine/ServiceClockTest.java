package io.nimoshake.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.core.ManualScheduler;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ServiceClockTest {
  private final ManualScheduler host = new ManualScheduler();
  private final ServiceClock clock = new ServiceClock(host);

  @Test
  void beforeTheFirstAnswerTheHostIsRight() {
    assertEquals(Duration.ZERO, clock.correction());
  }

  @Test
  void aHostThatIsTwoDaysAheadIsCorrected() {
    clock.shown(host.now().minus(Duration.ofDays(2)), clock.asked());
    assertEquals(Duration.ofDays(-2), clock.correction());
  }

  /**
   * Answers show whole seconds. A correction that changes all the time would be worse than none.
   */
  @Test
  void secondsAreNoDifference() {
    clock.shown(host.now().plus(Duration.ofDays(2)), clock.asked());
    clock.shown(host.now().minusSeconds(29), clock.asked());
    assertEquals(Duration.ZERO, clock.correction());
  }

  /** It was suspended before the answer, or after it. Both look the same here. */
  @Test
  void anAnswerThatTookLongSaysNothing() {
    ServiceClock.Asked asked = clock.asked();
    Instant answered = host.now();
    host.pass(Duration.ofHours(40));
    clock.shown(answered, asked);
    assertEquals(Duration.ZERO, clock.correction());
    clock.shown(host.now().plus(Duration.ofHours(40)), asked);
    assertEquals(Duration.ZERO, clock.correction());
  }

  @Test
  void aHostThatIsPutRightIsNotCorrectedAnyMore() {
    Duration behind = Duration.ofDays(2);
    clock.shown(host.now().plus(behind), clock.asked());
    host.pass(Duration.ofSeconds(50));
    assertEquals(behind, clock.correction());
    host.leap(behind.plusSeconds(2));
    assertEquals(Duration.ZERO, clock.correction());
  }

  /** Nobody knows whether it was suspended, or its clock is wrong now. */
  @Test
  void anotherLeapChangesNothingUntilTheNextAnswer() {
    Duration behind = Duration.ofDays(2);
    clock.shown(host.now().plus(behind), clock.asked());
    host.leap(Duration.ofHours(5));
    assertEquals(behind, clock.correction());
    clock.shown(host.now().plus(Duration.ofHours(43)), clock.asked());
    assertEquals(Duration.ofHours(43), clock.correction());
  }
}
