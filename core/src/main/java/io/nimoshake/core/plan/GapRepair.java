package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.plan.Command.Level;
import io.nimoshake.core.port.CheckpointEntry.Backfill;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is done about a gap: the missing changes are applied from exports ({@link BackfillPlan}), or
 * the table is copied again ({@link Recopy}), or it fails. First everything of the table is
 * stopped. Then the checkpoint says what is to be done, before anything of it happens.
 */
final class GapRepair {
  private final TablePlan table;
  private final PlanOptions options;
  private final PlanOutput out;
  private final SavedTable saved;
  private final Recopy recopy = new Recopy();

  /** What is to be backfilled as soon as the table has stopped. */
  private Optional<Backfill> decided = Optional.empty();

  private Optional<BackfillPlan> backfill = Optional.empty();

  GapRepair(TablePlan table, PlanOptions options, PlanOutput out, SavedTable saved) {
    this.table = table;
    this.options = options;
    this.out = out;
    this.saved = saved;
  }

  Recopy recopy() {
    return recopy;
  }

  /** The backfill that is under way, or goes on when the table is prepared. */
  Optional<BackfillPlan> backfill() {
    return backfill;
  }

  /** The checkpoint says that a backfill is under way. */
  void restore() {
    backfill = Optional.of(new BackfillPlan(this, saved, out));
  }

  // --- decisions -----------------------------------------------------------------------------

  /** Changes of a table that is running are lost. */
  void onGap(Fault.Gap gap) {
    if (!options.backfillOnGap()) {
      copyAgain(gap);
    } else if (recopy.isBecauseCreatedAgain()) {
      copyAgain(gap.andSo("the table cannot be backfilled, because it is another one now"));
    } else if (saved.entry().phase() != Phase.COPIED) {
      copyAgain(gap.andSo("the table cannot be backfilled, because its copy had not ended"));
    } else {
      backfill(gap);
    }
  }

  private void backfill(Fault.Gap gap) {
    StreamPlan stream = table.stream().orElseThrow();
    recopy.found(gap, stream.latest());
    Instant from = stream.missingSince(gap).minus(StreamPlan.MARGIN);
    // What was under way still becomes durable: onStopped sees how far the stream was written.
    decided =
        Optional.of(new Backfill(gap.getMessage(), from, from, from, from, 0, Optional.empty()));
    out.tell(
        Level.WARN,
        gap.getMessage()
            + "; the changes since "
            + from
            + " are backfilled from incremental exports"
            + recopy.afterPause());
    table.stop();
  }

  /** The exports that the backfill needs cannot be had. */
  void onNoBackfill(Fault.NoBackfill reason) {
    if (backfill.isEmpty()) {
      return;
    }
    if (table.state() == TableState.BACKFILLING && backfill.get().beginsLater(reason)) {
      return;
    }
    String cause = backfill.get().cause();
    Fault.Gap gap =
        new Fault.Gap(cause + "; the table cannot be backfilled: " + reason.getMessage(), reason);
    repairByCopy(gap, () -> recopy.insteadOfBackfill(gap));
  }

  /**
   * Looks before the table is prepared whether the configuration still wants the backfill that the
   * checkpoint has.
   *
   * @return whether it is given up
   */
  boolean isUnwanted() {
    if (backfill.isEmpty() || options.backfillOnGap()) {
      return false;
    }
    onNoBackfill(new Fault.NoBackfill("on_gap is not backfill any more", null));
    return true;
  }

  private void copyAgain(Fault.Gap gap) {
    repairByCopy(gap, () -> recopy.becauseOf(gap, table.stream().orElseThrow().latest()));
  }

  /**
   * Stops everything, to copy the table again; or the table fails.
   *
   * @param note notes that it is copied again
   */
  private void repairByCopy(Fault.Gap gap, Runnable note) {
    if (!options.resyncOnGap()) {
      table.fail(gap);
      return;
    }
    Optional<String> obstacle = saved.obstacleToCopyAgain();
    if (obstacle.isPresent()) {
      table.fail(gap.andSo(obstacle.get()));
      return;
    }
    note.run();
    out.tell(Level.WARN, gap.getMessage() + "; the table is copied again" + recopy.afterPause());
    table.stop();
  }

  // --- carrying them out ---------------------------------------------------------------------

  /** Nothing of the table is under way any more, and it begins again. */
  void onStopped() {
    if (decided.isPresent()) {
      Instant written = BackfillPlan.endBehind(writtenUntil());
      saved.save(saved.entry().backfilling(decided.get().withWritten(written)));
      decided = Optional.empty();
      table.stream()
          .ifPresent(s -> s.graph().nodes().forEach(n -> out.forgetSplit(n.shard.id(), true)));
      restore();
    } else {
      addFormerSplits();
      saved.beginAnew();
      backfill = Optional.empty();
    }
  }

  /**
   * No change that was made after this moment was written: not by the stream, not by a former
   * backfill, and not by the copy.
   */
  private Instant writtenUntil() {
    return Stream.of(
            Optional.of(table.stream().orElseThrow().writtenUntil()),
            saved.entry().started(),
            table.copy().readUntil().map(end -> end.plus(StreamPlan.MARGIN)))
        .flatMap(Optional::stream)
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  private void addFormerSplits() {
    table.copy().parts().segments().forEach(segment -> recopy.addFormerSplit(segment.split.id()));
    table.stream()
        .ifPresent(s -> s.graph().nodes().forEach(n -> recopy.addFormerSplit(n.shard.id())));
    backfill.ifPresent(
        b -> b.files().segments().forEach(file -> recopy.addFormerSplit(file.split.id())));
  }

  void onChangesExported(Event.ChangesExported event) {
    if (table.state() == TableState.BACKFILLING) {
      table.missing().onFound();
      backfill.orElseThrow().onExported(event);
    }
  }

  /** Every change until then is applied. The stream brings what was changed since then. */
  void onBackfilled(Instant end) {
    Instant latest = backfill.orElseThrow().latest();
    backfill = Optional.empty();
    recopy.done();
    out.tell(
        Level.INFO, "the changes until " + end + " are backfilled; its stream is followed again");
    table.follow(latest);
  }

  // --- what others may see -------------------------------------------------------------------

  /** Why the table is repaired, if it is: the message of the gap. */
  Optional<String> cause() {
    return backfill.map(BackfillPlan::cause).or(() -> recopy.gap().map(Fault.Gap::getMessage));
  }

  /** Whether the table may be prepared now. A table with gap after gap has to wait. */
  boolean mayStart(Optional<Instant> now) {
    Instant begins = recopy.begins();
    return begins.equals(Instant.MIN) || now.filter(at -> !at.isBefore(begins)).isPresent();
  }

  /** What the user has to know. */
  Optional<String> problem() {
    boolean backfills = decided.isPresent() || backfill.isPresent();
    return recopy.problem(backfills ? "backfilled" : "copied again");
  }
}
