package io.nimoshake.core.plan;

import io.nimoshake.core.plan.Command.Level;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import java.util.Optional;

/**
 * The end of a table's copy, from the last durable segment until its stream is followed: deletes
 * become real, tombstones are removed, indexes are built, and a copy that was made beside the old
 * one takes its place. Each step is asked for once the one before it is done, and the checkpoint
 * says so first.
 */
final class CopyEnd {
  private final TablePlan table;
  private final PlanOptions options;
  private final PlanOutput out;
  private final SavedTable saved;

  /** Whether the stream leaves tombstones although the last segment is durable. */
  private boolean leavesTombstones;

  CopyEnd(TablePlan table, PlanOptions options, PlanOutput out, SavedTable saved) {
    this.table = table;
    this.options = options;
    this.out = out;
    this.saved = saved;
  }

  /** Nothing of the table is written yet, and the store knows what this process has saved. */
  void onPrepared() {
    leavesTombstones = false;
  }

  /** Every segment is durable. */
  void onCopied() {
    saved.save(Phase.FINISHING);
    table.become(TableState.FINISHING);
    Optional<StreamPlan> stream = table.stream();
    if (stream.isPresent() && stream.get().hasStartedShards()) {
      leavesTombstones = true;
      out.accept(new Command.DeleteForReal(out.table()));
    } else {
      onDeletesAreReal();
    }
  }

  /** Whether deletes are real by now: the checkpoint tells of the end of the copy. */
  boolean deletesAreReal() {
    return table.state() != TableState.COPYING && !leavesTombstones;
  }

  void onDeletesAreReal() {
    if (table.state() == TableState.FINISHING) {
      leavesTombstones = false;
      table.stream().ifPresent(StreamPlan::startShardsThatMayRun);
      finish();
    }
  }

  /** Tombstones are removed and indexes built. */
  void finish() {
    if (table.state() != TableState.FINISHING) {
      return;
    }
    // The stream is read while an export is made, even if that has no file in the end.
    boolean copied =
        !table.copy().parts().segments().isEmpty() || saved.entry().export().isPresent();
    boolean purge = table.stream().isPresent() && table.mayLeaveTombstones() && copied;
    out.accept(new Command.FinishTable(out.table(), purge));
  }

  void onFinished() {
    if (table.state() != TableState.FINISHING) {
      return;
    }
    if (saved.entry().beside()) {
      // No write may be under way during the swap. When all have ended, onStopped goes on.
      table.become(TableState.SWAPPING);
      out.accept(new Command.StopTable(out.table()));
    } else {
      saved.save(Phase.COPIED);
      table.become(
          options.stream() && !options.schemaOnly() ? TableState.FOLLOWING : TableState.DONE);
    }
  }

  /** Nothing of the table is written any more: the new copy takes the place of the old one. */
  void swap() {
    table.become(TableState.SWAPPING);
    saved.save(Phase.SWAPPING);
    out.accept(new Command.SwapTable(out.table()));
  }

  void onSwapped() {
    saved.save(saved.entry().swappedIn());
    out.tell(Level.INFO, "the new copy has taken the place of the old one");
  }
}
