package io.nimoshake.flink.wire;

import io.nimoshake.core.flow.ChangeWriter.Outcome;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.port.WriteMode;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The changes of one page on their way from reader to sink, with the mode in which they are to be
 * written: what was decided when they were read counts, whenever they arrive.
 *
 * <p>Reader and sink run in one task, so that a request is handed over as it is, and its {@link
 * Handle} with it. Only where somebody has switched that off is it taken apart and put together
 * again, without its handle.
 *
 * @param copied whether a segment read them, or a shard
 */
public record WriteRequest(
    TablePlace place,
    WriteMode mode,
    boolean copied,
    List<Change> changes,
    Optional<Handle> handle) {

  /**
   * What a sink in the same task has of the reader.
   *
   * @param stop whether the reader is stopping
   * @param outcome told what became of the changes
   */
  public record Handle(BooleanSupplier stop, Outcome outcome) {}
}
