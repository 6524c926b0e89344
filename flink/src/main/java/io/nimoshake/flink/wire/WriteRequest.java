package io.nimoshake.flink.wire;

import io.nimoshake.core.flow.ChangeWriter.Outcome;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.port.WriteMode;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The changes of one page on their way from reader to sink, with their write mode. The mode was
 * decided when the page was read, and it stays valid until the page is written.
 *
 * <p>Reader and sink run in one task, so a request is passed on as an object, with its {@link
 * Handle}. If operator chaining is switched off, the request is serialized, without its handle.
 *
 * @param copied whether the changes are from a segment; otherwise they are from a shard
 */
public record WriteRequest(
    TablePlace place,
    WriteMode mode,
    boolean copied,
    List<Change> changes,
    Optional<Handle> handle) {

  /**
   * The way back to the reader, for a sink in the same task.
   *
   * @param stop whether the reader is stopping
   * @param outcome receives the result of the write
   */
  public record Handle(BooleanSupplier stop, Outcome outcome) {}
}
