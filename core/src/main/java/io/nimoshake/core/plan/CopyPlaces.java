package io.nimoshake.core.plan;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Starts the tables that wait. Tables that are copied take one of the places of {@code
 * full.concurrency} each, except while they cannot be prepared for minutes.
 *
 * <p>Tables that an earlier run has begun come first. If their streams are followed, they wait for
 * no place: nothing of a stream is read before its table is started, and its records expire.
 */
final class CopyPlaces {
  private final PlanOptions options;
  private final Collection<TablePlan> tables;

  /**
   * @param tables the tables of the plan, live
   */
  CopyPlaces(PlanOptions options, Collection<TablePlan> tables) {
    this.options = options;
    this.tables = tables;
  }

  /**
   * @param now the time of the last tick
   */
  void startWaiting(Optional<Instant> now) {
    List<TablePlan> waiting =
        tables.stream()
            .filter(table -> table.state() == TableState.WAITING && table.repair().mayStart(now))
            .sorted(Comparator.comparing(table -> !table.hasBegun()))
            .toList();
    if (waiting.isEmpty()) {
      return;
    }
    long copying = taken();
    for (TablePlan table : waiting) {
      if (!table.needsCopy()) {
        table.start();
      } else if (copying < options.tablesAtATime() || options.stream() && table.hasBegun()) {
        copying++;
        table.start();
      }
    }
  }

  /** Whether as many tables are copied as may be at the same time. */
  boolean areTaken() {
    return taken() >= options.tablesAtATime();
  }

  private long taken() {
    return tables.stream().filter(TablePlan::takesCopyPlace).count();
  }
}
