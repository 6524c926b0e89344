package io.nimoshake.core.plan.transcript;

import java.time.Duration;
import java.time.Instant;

/** The one clock of a transcript. It starts at midnight and moves only where a line says so. */
final class Clock {
  private static final Instant MIDNIGHT = Instant.parse("2026-01-01T00:00:00Z");

  private Instant now = MIDNIGHT;

  Instant now() {
    return now;
  }

  void pass(long amount, String unit) {
    now =
        now.plus(
            switch (unit) {
              case "s" -> Duration.ofSeconds(amount);
              case "min" -> Duration.ofMinutes(amount);
              case "h" -> Duration.ofHours(amount);
              default -> throw new IllegalArgumentException("no unit of time: " + unit);
            });
  }

  /** Hours, minutes and seconds since midnight of the first day. */
  static String text(Instant time) {
    Duration since = Duration.between(MIDNIGHT, time);
    return String.format(
        "%02d:%02d:%02d", since.toHours(), since.toMinutesPart(), since.toSecondsPart());
  }
}
