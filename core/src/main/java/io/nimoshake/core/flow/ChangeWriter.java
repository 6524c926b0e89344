package io.nimoshake.core.flow;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.WriteMode;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Writes the changes that a table's pipelines have read. */
public interface ChangeWriter {
  /** What became of a batch; called once, on any thread. */
  interface Outcome {
    /** All of it is durable or kept as dead letters. */
    void durable();

    /** Some of it may not be written. */
    void failed(Fault fault);

    /** The caller is stopping, so it was given up; some of it may not be written. */
    void aborted();
  }

  /**
   * Writes one batch of a split. The next batch of the split comes when this one is durable.
   *
   * @param copyMode how a segment's changes are written; those of a shard are written in the
   *     present mode of the table's stream
   * @param stop whether the caller is stopping, so that what has not begun need not begin
   */
  void write(
      Split split, List<Change> changes, WriteMode copyMode, BooleanSupplier stop, Outcome outcome);

  /** The present mode of the table's stream. */
  StreamMode streamMode();
}
