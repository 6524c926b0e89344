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
    Duration size = since.abs();
    return String.format(
        "%s%02d:%02d:%02d",
        since.isNegative() ? "-" : "", size.toHours(), size.toMinutesPart(), size.toSecondsPart());
  }

  /** The time of such a text. */
  Instant at(String text) {
    String[] parts = text.replace("-", "").split(":");
    Duration size =
        Duration.ofHours(Long.parseLong(parts[0]))
            .plusMinutes(Long.parseLong(parts[1]))
            .plusSeconds(Long.parseLong(parts[2]));
    return text.startsWith("-") ? MIDNIGHT.minus(size) : MIDNIGHT.plus(size);
  }
}
