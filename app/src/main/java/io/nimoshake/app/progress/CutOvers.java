package io.nimoshake.app.progress;

import io.nimoshake.app.history.TableChecks;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.ChangedKeys;
import io.nimoshake.core.plan.PlanView;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The cut-over of a running sync, or its return if it goes back. Safe for use by several threads.
 */
public interface CutOvers {
  /**
   * A record that was created after the freeze time.
   *
   * @param key of its item, as text; empty if a filter leaves the item out, or the record was read
   *     before the cut-over began
   */
  record LateWrite(String table, Optional<String> key, Instant created) {}

  /** Whether the sync goes from MongoDB to DynamoDB. */
  boolean goesBack();

  /** The cut-over that is under way. */
  Optional<PlanView.CutOver> state();

  /** The last write of somebody who has not stopped. */
  Optional<LateWrite> lateWrite();

  /** The dead letter file, if rejected items are in it, of this run of the sync or a former one. */
  Optional<Path> deadLetters();

  /** The comparisons of both sides that were made, by table. */
  Map<String, TableChecks> checks();

  /** The keys of a table that changed lately; empty if nothing of it was written. */
  Optional<ChangedKeys> changed(String table);

  /**
   * Begins a comparison of both sides: of the items that changed since a moment, and of a sample.
   *
   * @throws Fault if one is under way
   */
  void compare(Instant changedSince) throws Fault;

  /** The last such comparison. */
  Optional<SideBySide> comparison();

  /**
   * Begins a cut-over. The applications must not write any more.
   *
   * @param at the freeze time; empty: now, by the service's clock
   * @param wayBack whether the changes of the target are to be followed later
   * @throws Fault if the service does not tell its time, or there is no way back from the target:
   *     the message says why, for each table
   */
  void freeze(Optional<Instant> at, boolean wayBack) throws Fault;

  /**
   * Calls the cut-over off.
   *
   * @param undo even if it is recorded already; else it stays recorded
   */
  void abort(boolean undo);

  /**
   * Records the cut-over, if everything has arrived.
   *
   * <p>It is as it was begun: if a way back was asked for, the place is stored from which the
   * changes of the target can be followed.
   *
   * @param freeze the freeze time for which both sides were compared; empty if they were not
   * @param acceptDeadLetters whether rejected items do not matter
   * @return whether the checkpoint says now that the sync was cut over; if not, something is
   *     missing, the freeze time is another one now, or somebody else is recording it
   * @throws Fault if rejected items are in the way, the place cannot be told, or the answer does
   *     not come in time
   */
  boolean finish(Optional<Instant> freeze, boolean acceptDeadLetters) throws Fault;

  /** Whether the cut-over that is under way was begun with a way back. */
  boolean hasWayBack();

  /** Ends the sync. */
  void end();
}
