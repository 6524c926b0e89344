package io.nimoshake.app.http;

import io.nimoshake.app.program.Text;
import io.nimoshake.app.progress.ShownState;
import io.nimoshake.app.progress.SyncNumbers;
import io.nimoshake.app.progress.TableNumbers;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.flow.RecentFailures.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether a sync is healthy. Between healthy and unhealthy it is retrying: calls fail for a while
 * now, and that may pass. A server that cannot be reached is named once, not for every call that
 * waits for it.
 *
 * @param problems one line for each problem; empty if it is not unhealthy
 * @param retrying one line for each failure that may pass; empty if nothing fails for a while
 */
record Health(List<String> problems, List<String> retrying) {
  /** A table that does not move, or a call that fails again and again, for so long is a problem. */
  static final Duration STUCK = Duration.ofMinutes(5);

  /**
   * The limits of the configuration.
   *
   * @param maxLag how far a table may be behind its stream; no limit if empty
   * @param minHeadroom the least time until unread changes expire
   */
  record Limits(Optional<Duration> maxLag, Duration minHeadroom) {}

  /** How the sync is. */
  enum Level {
    HEALTHY,
    RETRYING,
    UNHEALTHY;

    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Level level() {
    if (!problems.isEmpty()) {
      return Level.UNHEALTHY;
    }
    return retrying.isEmpty() ? Level.HEALTHY : Level.RETRYING;
  }

  /** Whether it is not unhealthy: what is retrying needs no help yet. */
  boolean isHealthy() {
    return problems.isEmpty();
  }

  static Health of(SyncNumbers numbers, Limits limits, Movement movement) {
    return new Judgement(numbers, limits, movement).health();
  }

  /** Judges one moment. */
  private static final class Judgement {
    private final SyncNumbers numbers;
    private final Limits limits;
    private final Movement movement;
    private final Instant now;
    private final Set<String> missing;
    private final List<String> problems = new ArrayList<>();
    private final List<String> retrying = new ArrayList<>();

    Judgement(SyncNumbers numbers, Limits limits, Movement movement) {
      this.numbers = numbers;
      this.limits = limits;
      this.movement = movement;
      this.now = numbers.at();
      this.missing =
          numbers.view().outages().stream()
              .map(outage -> outage.server().server())
              .collect(Collectors.toSet());
    }

    Health health() {
      SyncView view = numbers.view();
      view.fatal().ifPresent(fault -> problems.add("the sync cannot go on: " + fault.getMessage()));
      // The cause first: what follows from it comes after it, if at all.
      view.outages().forEach(outage -> add(outage.since(), outage.line(now)));
      failures("", view.failures());
      numbers.tables().forEach(this::table);
      lease(view);
      return new Health(problems, retrying);
    }

    /** A failure that may pass is a problem when it has lasted for long. */
    private void add(Instant since, String line) {
      (since.plus(STUCK).isAfter(now) ? retrying : problems).add(line);
    }

    private void failures(String subject, List<Failure> failures) {
      failures.stream()
          .filter(failure -> failure.server().filter(missing::contains).isEmpty())
          .filter(failure -> failure.isLasting(now))
          .forEach(failure -> add(failure.since(), subject + describe(failure, now)));
    }

    private void lease(SyncView view) {
      view.leaseExpires()
          .filter(expires -> expires.isBefore(now) && !view.stopping())
          .ifPresent(
              expires -> {
                String line =
                    "the lease ran out "
                        + time(Duration.between(expires, now))
                        + " ago: another process may take over";
                // Nothing is written until it is renewed, which waits for the server.
                (missing.isEmpty() ? problems : retrying).add(line);
              });
    }

    private void table(TableNumbers table) {
      String subject = "table " + table.name();
      if (table.state() == ShownState.FAILED) {
        String why = table.table().plan().failure().map(Throwable::getMessage).orElse("unknown");
        problems.add(subject + " has failed: " + why);
        return;
      }
      boolean waits =
          numbers.view().outages().stream()
              .anyMatch(outage -> outage.tables().contains(table.name()));
      Duration still = movement.stillFor(table.table(), now);
      if (still.compareTo(STUCK) >= 0 && !waits) {
        problems.add(
            subject
                + ": nothing was read or written for "
                + time(still)
                + ", although there is work");
      }
      failures(subject + ": ", table.table().stats().failures.recent());
      table.table().plan().problems().forEach(problem -> problems.add(subject + ": " + problem));
      table
          .lag()
          .filter(lag -> limits.maxLag().isPresent() && lag.compareTo(limits.maxLag().get()) > 0)
          .ifPresent(lag -> problems.add(subject + ": it is " + time(lag) + " behind its stream"));
      table
          .headroom()
          .filter(left -> left.compareTo(limits.minHeadroom()) < 0)
          .ifPresent(left -> problems.add(subject + headroom(left)));
    }

    private static String headroom(Duration left) {
      return left.isZero()
          ? ": changes that are not read yet may have expired"
          : ": changes that are not read yet expire in " + time(left);
    }
  }

  private static String describe(Failure failure, Instant now) {
    return failure.activity()
        + " has failed for "
        + time(Duration.between(failure.since(), now))
        + " ("
        + failure.kind()
        + "): "
        + failure.message();
  }

  private static String time(Duration duration) {
    return Text.duration(duration);
  }
}
