package io.nimoshake.core.plan;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Neither listings of tables nor calls for a table prove alone that it was deleted. */
class PresenceTest {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

  private final Presence presence = new Presence(Duration.ofMinutes(2));

  @Test
  void listingsAloneProveNothing() {
    missingForMinutes();
    presence.onNotFound();
    presence.onNotFound();
    assertFalse(presence.isGone());
    presence.onNotFound();
    assertTrue(presence.isGone());
  }

  @Test
  void callsAloneProveNothing() {
    for (int call = 0; call < 100; call++) {
      presence.onNotFound();
    }
    presence.onListed(false, Optional.of(T0));
    assertFalse(presence.isGone());
    assertTrue(presence.isDoubted());
  }

  @Test
  void aCallThatFindsTheTableBeginsAnew() {
    missingForMinutes();
    presence.onNotFound();
    presence.onNotFound();
    presence.onFound();
    presence.onNotFound();
    assertFalse(presence.isGone());
  }

  /** Before the first tick nobody knows how much time lies between two listings. */
  @Test
  void listingsOfAnUnknownTimeDoNotCount() {
    for (int listing = 0; listing < 100; listing++) {
      presence.onListed(false, Optional.empty());
      presence.onNotFound();
    }
    assertTrue(presence.isMissing());
    assertFalse(presence.isGone());
  }

  @Test
  void theTimeIsThatOfTheOptions() {
    Presence patient = new Presence(Duration.ofMinutes(10));
    for (int second = 0; second <= 600; second += 60) {
      assertFalse(patient.isGone(), "after " + second + " s");
      patient.onListed(false, Optional.of(T0.plusSeconds(second)));
      patient.onNotFound();
    }
    assertTrue(patient.isGone());
  }

  /** The host's clock was two days ahead until the source showed the time. */
  @Test
  void aClockThatIsPutBackBeginsAnew() {
    presence.onListed(false, Optional.of(T0.plus(Duration.ofDays(2))));
    missingForMinutes();
    for (int call = 0; call < 3; call++) {
      presence.onNotFound();
    }
    assertTrue(presence.isGone());
  }

  private void missingForMinutes() {
    for (int second = 0; second <= 120; second += 60) {
      presence.onListed(false, Optional.of(T0.plusSeconds(second)));
    }
  }
}
