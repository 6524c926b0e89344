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
import java.util.Optional;

/**
 * Whether a sync is healthy.
 *
 * @param problems one line for each problem; empty if it is healthy
 */
record Health(List<String> problems) {
  /** A table that does not move, or a call that fails again and again, for so long is a problem. */
  static final Duration STUCK = Duration.ofMinutes(5);

  /** A failure that was not seen for so long belongs to an activity that has ended. */
  private static final Duration STALE = Duration.ofMinutes(2);

  /**
   * The limits of the configuration.
   *
   * @param maxLag how far a table may be behind its stream; no limit if empty
   * @param minHeadroom the least time until unread changes expire
   */
  record Limits(Optional<Duration> maxLag, Duration minHeadroom) {}

  boolean isHealthy() {
    return problems.isEmpty();
  }

  static Health of(SyncNumbers numbers, Limits limits, Movement movement) {
    SyncView view = numbers.view();
    Instant now = numbers.at();
    List<String> problems = new ArrayList<>();
    view.fatal().ifPresent(fault -> problems.add("the sync cannot go on: " + fault.getMessage()));
    view.leaseExpires()
        .filter(expires -> expires.isBefore(now) && !view.stopping())
        .ifPresent(
            expires ->
                problems.add(
                    "the lease ran out "
                        + time(Duration.between(expires, now))
                        + " ago: another process may take over"));
    lasting(view.failures(), now).forEach(failure -> problems.add(describe(failure, now)));
    for (TableNumbers table : numbers.tables()) {
      of(table, limits, movement, now)
          .forEach(problem -> problems.add("table " + table.name() + problem));
    }
    return new Health(problems);
  }

  private static List<String> of(
      TableNumbers table, Limits limits, Movement movement, Instant now) {
    List<String> problems = new ArrayList<>();
    if (table.state() == ShownState.FAILED) {
      String why = table.table().plan().failure().map(Throwable::getMessage).orElse("unknown");
      return List.of(" has failed: " + why);
    }
    Duration still = movement.stillFor(table.table(), now);
    if (still.compareTo(STUCK) >= 0) {
      problems.add(": nothing was read or written for " + time(still) + ", although there is work");
    }
    lasting(table.table().stats().failures.recent(), now)
        .forEach(failure -> problems.add(": " + describe(failure, now)));
    Optional<Duration> lag = table.lag();
    if (limits.maxLag().isPresent()
        && lag.isPresent()
        && lag.get().compareTo(limits.maxLag().get()) > 0) {
      problems.add(": it is " + time(lag.get()) + " behind its stream");
    }
    table
        .headroom()
        .filter(left -> left.compareTo(limits.minHeadroom()) < 0)
        .ifPresent(
            left ->
                problems.add(
                    left.isZero()
                        ? ": changes that are not read yet may have expired"
                        : ": changes that are not read yet expire in " + time(left)));
    return problems;
  }

  /** Failures that still go on and have done so for long. */
  private static List<Failure> lasting(List<Failure> failures, Instant now) {
    return failures.stream()
        .filter(failure -> !failure.over())
        .filter(failure -> !failure.since().plus(STUCK).isAfter(now))
        .filter(failure -> failure.last().plus(STALE).isAfter(now))
        .toList();
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
