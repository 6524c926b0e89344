package io.nimoshake.app.progress;

import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.plan.PlanView.Progress;
import io.nimoshake.core.plan.PlanView.SplitState;
import io.nimoshake.core.plan.TableState;
import java.util.List;

/** How much of a table's copy is done, from 0 to 1. */
public final class Fraction {
  /** DynamoDB's count of items is hours old, so a copy that still runs is never shown as done. */
  private static final double MOST_WHILE_COPYING = 0.99;

  private Fraction() {}

  /**
   * The share of items copied, or the share of segments copied if that is larger. After a restart
   * the items that were copied before are not counted, and DynamoDB does not know yet how many
   * items a new table has.
   */
  public static double of(TableView table) {
    TableState state = table.plan().state();
    if (state.isBeforeCopy()) {
      return 0;
    }
    if (state != TableState.COPYING && state != TableState.FAILED) {
      return 1;
    }
    long total = table.approximateItems().orElse(0L);
    double items = total == 0 ? 0 : table.stats().copy.written.sum() / (double) total;
    return Math.min(MOST_WHILE_COPYING, Math.max(items, segments(table)));
  }

  private static double segments(TableView table) {
    List<SplitState> segments =
        table.plan().splits().stream()
            .filter(split -> split.split() instanceof Split.ScanSegment)
            .toList();
    long done = segments.stream().filter(s -> s.progress() == Progress.DONE).count();
    return segments.isEmpty() ? 0 : done / (double) segments.size();
  }
}
