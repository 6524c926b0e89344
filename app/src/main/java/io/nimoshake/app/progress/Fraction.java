package io.nimoshake.app.progress;

import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.plan.PlanView.Progress;
import io.nimoshake.core.plan.PlanView.SplitState;
import java.util.List;

/** How much of a table's copy is done, from 0 to 1. */
final class Fraction {
  /** DynamoDB's count of items is hours old, so a copy that still runs is never shown as done. */
  static final double MOST_WHILE_COPYING = 0.99;

  private Fraction() {}

  /**
   * The share of items copied, or the share of segments copied if that is larger. After a restart
   * the items that were copied before are not counted, and DynamoDB does not know yet how many
   * items a new table has.
   *
   * @param copied how many items this copy has written
   */
  static double of(TableView table, long copied) {
    return switch (table.plan().state()) {
      case STOPPING -> table.plan().backfill().isPresent() ? 1 : 0;
      case WAITING, PREPARING -> segments(table);
      case COPYING -> Math.min(MOST_WHILE_COPYING, Math.max(items(table, copied), segments(table)));
      case FINISHING, SWAPPING, FOLLOWING, BACKFILLING, DONE -> 1;
      case FAILED ->
          segments(table) == 1
              ? 1
              : Math.min(MOST_WHILE_COPYING, Math.max(items(table, copied), segments(table)));
    };
  }

  private static double items(TableView table, long copied) {
    long total = table.approximateItems().orElse(0L);
    return total == 0 ? 0 : copied / (double) total;
  }

  private static double segments(TableView table) {
    List<SplitState> segments =
        table.plan().splits().stream()
            .filter(split -> split.split() instanceof Split.OfCopy)
            .toList();
    long done = segments.stream().filter(s -> s.progress() == Progress.DONE).count();
    return segments.isEmpty() ? 0 : done / (double) segments.size();
  }
}
