package io.nimoshake.core.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class HeadroomTest {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

  private final Headroom headroom = new Headroom(new PlanOutput("t", command -> {}));

  @Test
  void timePassesAsTheHostSays() {
    headroom.heardOf(T0);
    headroom.passed(T0.plusSeconds(60));
    assertEquals(T0.plusSeconds(60), headroom.latest());
    headroom.heardOf(T0.minusSeconds(1));
    assertEquals(T0.plusSeconds(60), headroom.latest(), "the service knew that before");
  }

  /** Else a table on such a host would have a gap. */
  @Test
  void aHostThatWasTwoDaysAheadDoesNotCountOnceTheServiceHasShownItsTime() {
    headroom.passed(T0.plus(Duration.ofDays(2)));
    headroom.heardOf(T0);
    assertEquals(T0, headroom.latest());
  }
}
