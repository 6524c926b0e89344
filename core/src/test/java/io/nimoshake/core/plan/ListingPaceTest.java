package io.nimoshake.core.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ListingPaceTest {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

  private final ListingPace pace = new ListingPace();

  private void assertLimit(int seconds, int at) {
    assertEquals(Duration.ofSeconds(seconds), pace.listed(T0.plusSeconds(at)));
  }

  @Test
  void listingsThatComeAtEachTickHaveTheUsualLimit() {
    assertLimit(90, 0);
    assertLimit(90, 60);
    assertLimit(90, 120);
    assertLimit(90, 121);
  }

  @Test
  void aLongPauseMayBeFollowedByALongerOne() {
    assertLimit(90, 0);
    assertLimit(90, 100);
    assertLimit(150, 200);
    assertLimit(150, 210);
    assertLimit(90, 300);
  }

  @Test
  void thePausesOfASuspendedMachineAreTooLong() {
    assertLimit(90, 0);
    assertLimit(90, 36_000);
    assertLimit(900, 72_000);
    assertLimit(900, 72_001);
    assertLimit(90, 72_002);
  }

  @Test
  void aClockThatIsPutBackHasTheUsualLimit() {
    assertLimit(90, 1_000);
    assertLimit(90, 0);
    assertLimit(90, 10);
  }
}
