package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.plan.Command.Level;
import io.nimoshake.core.plan.ShardGraph.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long the unread records of one stream will still be kept, and whether some may have expired
 * already.
 */
final class Headroom {
  /** How long the service keeps a record. */
  static final Duration RETENTION = Duration.ofHours(24);

  /** Below this the user is warned. */
  static final Duration SHORT = RETENTION.dividedBy(4);

  /** Above this the user is told that it is over. */
  private static final Duration ENOUGH = RETENTION.dividedBy(3);

  private final PlanOutput out;
  private boolean toldItIsShort;

  /**
   * The latest time that the service has shown. It alone decides whether records have expired: the
   * clocks of the host may leap, and they stand still while a virtual machine is paused.
   */
  private Instant shown = Instant.EPOCH;

  /** The last time of the host. Its clock may have leapt, and come back. */
  private Instant passed = Instant.EPOCH;

  Headroom(PlanOutput out) {
    this.out = out;
  }

  /** Time left until changes made after a moment may expire; zero if they may have. */
  static Duration left(Instant unreadSince, Instant now) {
    return left(unreadSince, RETENTION, now);
  }

  /** The same for changes that are kept for another time. */
  static Duration left(Instant unreadSince, Duration kept, Instant now) {
    Duration left = Duration.between(now, unreadSince.plus(kept));
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** The service has shown this time. What the host said before does not count any more. */
  void heardOf(Instant time) {
    if (time.isAfter(shown)) {
      shown = time;
      passed = Instant.EPOCH;
    }
  }

  /** It is this time, as far as the host knows. */
  void passed(Instant now) {
    passed = now;
  }

  /** The latest time that the service has shown. */
  Instant shown() {
    return shown;
  }

  /** What time it is by now, as far as anybody knows. */
  Instant latest() {
    return passed.isAfter(shown) ? passed : shown;
  }

  /**
   * A reader that starts at the oldest record that is kept does not see that older ones have
   * expired. So a shard of which nothing was read for as long as records are kept has a gap. This
   * is asked before the shard starts, when the first records are durable, as that may have taken
   * long, and at every tick until then: where everything has expired, nothing is read. The page
   * with the first records has shown when it was read.
   */
  Optional<Fault.Gap> expiredUnread(Node node) {
    Instant oldestKept = shown.minus(RETENTION);
    boolean expired =
        node.position instanceof Position.Beginning && node.completeUntil().isBefore(oldestKept);
    if (!expired) {
      return Optional.empty();
    }
    return Optional.of(
        new Fault.Gap(
            "table " + out.table() + ": records of " + node.shard.id() + " may have expired unread",
            Optional.of(node.completeUntil()),
            Optional.of(oldestKept),
            null));
  }

  /** The gap of a table whose shards waited for its copy for longer than records are kept. */
  Fault.Gap expiredBeforeCopied(Instant started) {
    return new Fault.Gap(
        "table " + out.table() + ": records expired before the copy ended",
        Optional.of(started),
        Optional.of(shown),
        null);
  }

  /** Somebody has told the user already that little time is left. */
  void toldShort() {
    toldItIsShort = true;
  }

  /**
   * Tells the user when little time is left, and when that is over.
   *
   * @param unreadSince changes made after this moment may be unread; empty if there are none
   */
  void watch(Optional<Instant> unreadSince) {
    Duration left = unreadSince.map(since -> left(since, latest())).orElse(RETENTION);
    if (left.compareTo(SHORT) < 0 && !toldItIsShort) {
      toldItIsShort = true;
      out.tell(
          Level.WARN,
          "unread changes expire in "
              + left.toMinutes()
              + " minutes: its stream is read too slowly, or not at all");
    } else if (left.compareTo(ENOUGH) > 0 && toldItIsShort) {
      toldItIsShort = false;
      out.tell(
          Level.INFO, "unread changes are kept for another " + left.toHours() + " hours again");
    }
  }
}
