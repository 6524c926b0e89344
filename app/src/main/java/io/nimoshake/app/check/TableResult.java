package io.nimoshake.app.check;

import io.nimoshake.app.history.MadeCheck;
import io.nimoshake.app.history.MadeCheck.Outcome;
import io.nimoshake.app.history.MadeCheck.Scope;
import io.nimoshake.core.port.TargetReader.SchemaDifference;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The result of comparing one table.
 *
 * @param items how many items of the source were compared
 * @param documents how many documents the target has, without tombstones; in a sample, how many of
 *     them were looked up at the source
 * @param misplaced documents in a collection where the mapping does not put their items
 * @param changedSince every item that changed since then was compared; empty if only those of the
 *     sample, or all items, were
 * @param unsettled items that could not be compared: see {@link Finding.Kind#UNSETTLED}
 * @param schema differences in key and indexes
 * @param repaired how many differences were repaired
 * @param shown the first few findings
 * @param notes remarks on the counts
 * @param failure why the comparison did not start or did not finish
 */
public record TableResult(
    String table,
    Optional<Instant> changedSince,
    long items,
    long documents,
    long missing,
    long extra,
    long different,
    long misplaced,
    long unsettled,
    List<SchemaDifference> schema,
    long repaired,
    List<Finding> shown,
    List<String> notes,
    Optional<String> failure,
    Duration took) {
  public TableResult {
    schema = List.copyOf(schema);
    shown = List.copyOf(shown);
    notes = List.copyOf(notes);
  }

  public long differences() {
    return missing + extra + different + misplaced;
  }

  /** Whether something was found that differs. */
  public boolean isDifferent() {
    return differences() > 0 || !schema.isEmpty();
  }

  /** Whether the whole table was compared and is equal. */
  public boolean isEqual() {
    return !isDifferent() && isCertain();
  }

  /**
   * What is kept of it for the cut-over.
   *
   * @param begun when the comparison began
   */
  MadeCheck made(Instant begun, Scope scope, boolean mongoIsTruth) {
    long found = differences() + schema.size();
    return new MadeCheck(
        begun,
        Instant.now(),
        scope,
        changedSince,
        items,
        found > 0 ? Outcome.DIFFERENT : isCertain() ? Outcome.EQUAL : Outcome.INCOMPLETE,
        found,
        mongoIsTruth);
  }

  /** Whether the whole table was compared. */
  public boolean isCertain() {
    return failure.isEmpty() && unsettled == 0;
  }
}
