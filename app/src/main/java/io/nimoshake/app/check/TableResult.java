package io.nimoshake.app.check;

import io.nimoshake.core.port.TargetReader.SchemaDifference;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What came of comparing one table.
 *
 * @param items how many items of the source were compared
 * @param documents how many documents the target has, tombstones left out; of a sample, how many
 *     were looked up at the source
 * @param unsettled items of which it cannot be told: see {@link Finding.Kind#UNSETTLED}
 * @param schema what is not as the table's key and indexes want it
 * @param mended how many of the differences are none any more
 * @param shown the first few findings
 * @param notes what a reader of the counts should know
 * @param failure why the comparison could not be made or not be ended
 */
public record TableResult(
    String table,
    long items,
    long documents,
    long missing,
    long extra,
    long different,
    long unsettled,
    List<SchemaDifference> schema,
    long mended,
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
    return missing + extra + different;
  }

  public boolean isEqual() {
    return differences() == 0 && schema.isEmpty();
  }

  /** Whether the counts say it all. */
  public boolean isCertain() {
    return failure.isEmpty() && unsettled == 0;
  }
}
