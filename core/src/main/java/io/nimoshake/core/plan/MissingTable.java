package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.plan.Command.Level;
import java.time.Instant;
import java.util.Optional;

/**
 * What is done when the source says that a table does not exist: the call is made again after a
 * pause that grows, until {@link Presence} is sure that the table was deleted, or finds it. A table
 * that comes back is another one.
 */
final class MissingTable {
  private final TablePlan table;
  private final PlanOutput out;
  private final Presence presence;
  private final SavedTable saved;

  MissingTable(TablePlan table, PlanOptions options, PlanOutput out, SavedTable saved) {
    this.presence = new Presence(options.goneAfter());
    this.table = table;
    this.out = out;
    this.saved = saved;
  }

  /** Tables were listed, and it was among them or not. */
  void onListed(boolean present, Optional<Instant> now) {
    if (presence.onListed(present, now)) {
      onCreatedAgain();
    }
  }

  /** A call for the table was answered as for any table that exists. */
  void onFound() {
    presence.onFound();
  }

  /**
   * A call was answered that there is no such table.
   *
   * @param splitId the split that made the call; empty if preparing or swapping did
   */
  void onTableGone(Fault.TableGone gone, Optional<String> splitId) {
    int answers = presence.onNotFound();
    if (presence.isGone()) {
      onGone(gone);
      return;
    }
    if (answers == Evidence.ENOUGH) {
      out.tell(
          Level.WARN,
          gone.getMessage()
              + ". It is tried again until it is clear whether the table was deleted");
    }
    tryAgain(splitId, answers + 1);
  }

  private void tryAgain(Optional<String> splitId, int attempt) {
    if (splitId.isPresent()) {
      startAgain(splitId.get(), attempt);
    } else if (table.state() == TableState.PREPARING) {
      table.prepare(attempt);
    } else if (table.state() == TableState.SWAPPING) {
      out.accept(new Command.SwapTable(out.table(), attempt));
    } else if (table.state() == TableState.COPYING) {
      table.copy().askAgain(attempt);
    } else if (table.state() == TableState.BACKFILLING) {
      table.repair().backfill().orElseThrow().tryAgain(attempt);
    }
  }

  private void startAgain(String splitId, int attempt) {
    Optional<CopyPlan.Segment> segment = table.copy().parts().segment(splitId);
    Optional<CopyPlan.Segment> file = table.changeFile(splitId);
    if (file.isPresent()) {
      table.repair().backfill().orElseThrow().startAgain(file.get(), attempt);
    } else if (segment.isPresent()) {
      table.copy().startAgain(segment.get(), attempt);
    } else {
      table.stream().ifPresent(s -> s.startAgain(splitId, attempt));
    }
  }

  /** The stream was read to its end, and the table has no other one. */
  void onNoStream() {
    presence.onNotFound();
    if (presence.isGone()) {
      onDeleted();
    }
  }

  /** Whether the last listing of tables lacked it. */
  boolean isUnlisted() {
    return presence.isMissing();
  }

  /** Whether only listings of tables can tell that it was deleted. */
  boolean isDoubted() {
    return presence.isDoubted();
  }

  private void onGone(Fault.TableGone gone) {
    Recopy recopy = table.repair().recopy();
    boolean neverCopied = saved.isEmpty() && !recopy.isWanted();
    boolean preparing = table.state() == TableState.PREPARING;
    if (preparing && (neverCopied || recopy.isBecauseCreatedAgain())) {
      onDeleted();
    } else {
      Optional<String> gap = table.repair().cause();
      table.decide(
          gap.isEmpty() ? gone : new Fault.TableGone(gap.get() + "; " + gone.getMessage(), gone));
    }
  }

  /** The table was deleted, and nothing is left of it to be read. Its documents stay. */
  private void onDeleted() {
    boolean copied = table.state() == TableState.FOLLOWING;
    if (!copied && table.state() != TableState.PREPARING) {
      return;
    }
    presence.deleted();
    table.become(TableState.DONE);
    out.tell(
        Level.WARN,
        copied
            ? "was deleted. Its stream was read to the end. Its documents stay in the target"
            : "was deleted before its copy began");
  }

  /** It was deleted, and is there again: another table of the same name. */
  private void onCreatedAgain() {
    if (saved.isEmpty()) {
      table.become(TableState.WAITING);
    } else {
      table.become(TableState.FOLLOWING);
      table.repair().recopy().becauseCreatedAgain();
      table.onFault(new Fault.Gap("table " + out.table() + " was deleted and created again", null));
    }
  }

  /** What the user has to know. */
  Optional<String> problem() {
    return presence.isUnknown()
        ? Optional.of("the source answers that the table does not exist; it is tried again")
        : Optional.empty();
  }
}
