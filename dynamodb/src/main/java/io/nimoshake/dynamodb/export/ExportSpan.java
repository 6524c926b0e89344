package io.nimoshake.dynamodb.export;

import java.time.Instant;

/** Of which time an export is. */
public sealed interface ExportSpan {
  /** All items as they were at this time. */
  record Full(Instant at) implements ExportSpan {}

  /**
   * The items that changed, as they were at the end of a window of 15 minutes to 24 hours.
   *
   * @param from beginning of the window, inclusive
   * @param to end of the window, exclusive
   * @param oldImages whether it also has the items as they were before
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_IncrementalExportSpecification.html">
   *     IncrementalExportSpecification</a>
   */
  record Incremental(Instant from, Instant to, boolean oldImages) implements ExportSpan {}
}
