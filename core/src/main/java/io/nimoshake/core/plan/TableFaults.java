package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import java.util.Optional;

/**
 * What a fault means for a table: the question is asked again, the gap is repaired, or the table
 * fails.
 */
final class TableFaults {
  private final TablePlan table;

  TableFaults(TablePlan table) {
    this.table = table;
  }

  /**
   * A fault that the host does not retry.
   *
   * @param splitId the split that met it, if one did
   */
  void onFault(Fault fault, Optional<String> splitId) {
    Optional<StreamPlan> stream = table.stream();
    if (fault instanceof Fault.Gap found) {
      // Without a stream plan the table waits to be copied again already.
      stream.ifPresent(s -> decide(s.withSpan(found, splitId)));
    } else if (fault instanceof Fault.SplitGone gone && isShard(splitId)) {
      stream.ifPresent(s -> s.onSplitGone(splitId.orElseThrow(), gone));
    } else if (fault instanceof Fault.StreamGone gone) {
      stream.ifPresent(s -> s.onStreamGone(gone));
    } else if (fault instanceof Fault.TableGone gone) {
      if (!isLate()) {
        table.missing().onTableGone(gone, splitId);
      }
    } else {
      decide(fault);
    }
  }

  private boolean isShard(Optional<String> splitId) {
    return splitId.isPresent() && table.copy().parts().segment(splitId.get()).isEmpty();
  }

  /** Nothing is asked again any more. */
  void decide(Fault fault) {
    if (isLate()) {
      return;
    }
    boolean idle =
        switch (table.state()) {
          case SWAPPING, PREPARING, BACKFILLING -> true;
          case WAITING, COPYING, FINISHING, FOLLOWING, DONE, STOPPING, FAILED -> false;
        };
    if (fault instanceof Fault.Gap && idle) {
      // It comes from a listing that was asked for before. Nothing is read now, and the next
      // reader or listing finds the gap again. A second preparation must not begin beside this one.
      return;
    }
    if (fault instanceof Fault.Gap gap) {
      table.repair().onGap(gap);
    } else if (fault instanceof Fault.NoBackfill reason) {
      table.repair().onNoBackfill(reason);
    } else if (endsBackfill(fault)) {
      table.repair().onNoBackfill(new Fault.NoBackfill(fault.getMessage(), fault));
    } else {
      table.fail(fault);
    }
  }

  /** A refusal of any kind keeps the exports from being had. A copy may still make it whole. */
  private boolean endsBackfill(Fault fault) {
    return table.state() == TableState.BACKFILLING
        && fault instanceof Fault.TableFailed
        && !(fault instanceof Fault.TableGone);
  }

  /** Whether the table has failed, is done, or is stopped because of a gap already. */
  private boolean isLate() {
    return table.state().isOver() || table.state() == TableState.STOPPING;
  }
}
