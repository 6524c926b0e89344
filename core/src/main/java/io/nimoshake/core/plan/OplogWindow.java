package io.nimoshake.core.plan;

import io.nimoshake.core.plan.Command.Level;
import io.nimoshake.core.port.Source.StreamHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long MongoDB still keeps the changes that a change stream has not told yet. Its oplog has a
 * size and not a time, so the time it reaches back changes with the load.
 */
final class OplogWindow {
  private enum Told {
    NOTHING,
    UNKNOWN,
    SHORT
  }

  private final PlanOutput out;
  private Told told = Told.NOTHING;
  private Optional<Duration> kept = Optional.empty();

  OplogWindow(PlanOutput out) {
    this.out = out;
  }

  /** How far back the oplog reaches; empty if that is not known. */
  Optional<Duration> kept() {
    return kept;
  }

  /**
   * MongoDB has said what it still has.
   *
   * @param completeUntil changes made after this moment may be unread
   */
  void seen(StreamHandle handle, Instant completeUntil) {
    if (handle.oldestKept().isEmpty()) {
      kept = Optional.empty();
      if (told == Told.NOTHING) {
        told = Told.UNKNOWN;
        out.tell(
            Level.INFO,
            "MongoDB does not show its oplog (local.oplog.rs) to this user, so nobody can say how"
                + " long unread changes are kept");
      }
      return;
    }
    Instant oldest = handle.oldestKept().get();
    kept = Optional.of(Duration.between(oldest, handle.serviceTime()));
    Duration left = Duration.between(oldest, completeUntil);
    if (left.compareTo(kept.get().dividedBy(4)) < 0 && told != Told.SHORT) {
      told = Told.SHORT;
      out.tell(
          Level.WARN,
          "MongoDB keeps unread changes for another "
              + Math.max(0, left.toMinutes())
              + " minutes only: its change stream is read too slowly, or the oplog is too small");
    } else if (left.compareTo(kept.get().dividedBy(3)) > 0 && told == Told.SHORT) {
      told = Told.NOTHING;
      out.tell(Level.INFO, "MongoDB keeps unread changes for long enough again");
    }
  }
}
