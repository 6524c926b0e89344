package io.nimoshake.app.http;

import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.plan.PlanView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether a sync does what it should.
 *
 * @param problems what is wrong, a line each; empty if nothing is
 */
record Health(List<String> problems) {
  /** A copy of which no segment has moved for so long is stuck. */
  private static final Duration STUCK = Duration.ofMinutes(5);

  boolean isHealthy() {
    return problems.isEmpty();
  }

  static Health of(SyncView view, Optional<Duration> maxLag, Instant now) {
    List<String> problems = new ArrayList<>();
    for (TableView table : view.tables()) {
      if (table.plan().state() == PlanView.State.FAILED) {
        problems.add(
            "table "
                + table.name()
                + " has failed: "
                + table.plan().failure().map(Throwable::getMessage).orElse("unknown"));
        continue;
      }
      if (isStuck(table, now)) {
        problems.add(
            "table " + table.name() + ": nothing was copied for " + STUCK.toMinutes() + " minutes");
      }
      Optional<Duration> lag = Lag.of(table, now);
      if (maxLag.isPresent() && lag.isPresent() && lag.get().compareTo(maxLag.get()) > 0) {
        problems.add(
            "table " + table.name() + ": its stream is " + lag.get().toSeconds() + " s behind");
      }
    }
    return new Health(problems);
  }

  private static boolean isStuck(TableView table, Instant now) {
    if (table.plan().state() != PlanView.State.COPYING || !table.limits().gate().isOpen()) {
      return false;
    }
    Optional<Instant> moved =
        table.plan().splits().stream()
            .filter(split -> split.split() instanceof Split.ScanSegment)
            .filter(split -> split.progress() == PlanView.Progress.RUNNING)
            .map(PlanView.SplitState::updated)
            .max(Instant::compareTo);
    return moved.isPresent() && moved.get().plus(STUCK).isBefore(now);
  }
}
