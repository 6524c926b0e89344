package io.nimoshake.core.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long the preparation of a table takes, as far as ticks tell. It may take hours, while an
 * index is built or an export is made, and other tables are not to wait for that.
 */
final class Preparation {
  private static final Duration HELD_UP = Duration.ofMinutes(5);

  /** The first tick while it is prepared. */
  private Optional<Instant> since = Optional.empty();

  private boolean heldUp;

  void begins() {
    since = Optional.empty();
    heldUp = false;
  }

  /**
   * It is still being prepared.
   *
   * @param host by the clock of the host
   */
  void goesOn(Instant host) {
    since = since.or(() -> Optional.of(host));
    heldUp = !host.isBefore(since.get().plus(HELD_UP));
  }

  /** Whether it takes so long that others may have the table's place. */
  boolean isHeldUp() {
    return heldUp;
  }
}
