package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.plan.Command.Level;
import java.time.Instant;
import java.util.Optional;

/**
 * What is done when the source says that a table does not exist: the call is made again after a
 * pause that grows, until {@link Presence} is sure that the table was deleted, or finds it.
 */
final class MissingTable {
  private final TablePlan table;
  private final PlanOutput out;
  private final Presence presence;

  MissingTable(TablePlan table, PlanOptions options, PlanOutput out) {
    this.presence = new Presence(options.goneAfter());
    this.table = table;
    this.out = out;
  }

  /** Tables were listed, and it was among them or not. */
  void onListed(boolean present, Optional<Instant> now) {
    if (presence.onListed(present, now)) {
      table.onCreatedAgain();
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
      table.onGone(gone);
      return;
    }
    if (answers == Evidence.ENOUGH) {
      out.tell(
          Level.WARN,
          gone.getMessage()
              + ". It is tried again until it is clear whether the table was deleted");
    }
    table.tryAgain(splitId, answers + 1);
  }

  /** The stream was read to its end, and the table has no other one. */
  void onNoStream() {
    presence.onNotFound();
    if (presence.isGone()) {
      table.onDeleted();
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

  void deleted() {
    presence.deleted();
  }

  /** What the user has to know. */
  Optional<String> problem() {
    return presence.isUnknown()
        ? Optional.of("the source answers that the table does not exist; it is tried again")
        : Optional.empty();
  }
}
