package io.nimoshake.core.flow;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Page;
import io.nimoshake.core.port.WriteMode;
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
   * Writes one page of a split. The next page of the split comes when this one is durable.
   *
   * @param copyMode how a segment's changes are written; those of a shard are written in the
   *     present mode of the table's stream
   * @param stop whether the caller is stopping, so that what has not begun need not begin
   */
  void write(Page page, WriteMode copyMode, BooleanSupplier stop, Outcome outcome);

  /** Whether pages of a copy are written even if they have no changes. */
  default boolean takesEmptyPages() {
    return false;
  }

  /** The present mode of the table's stream. */
  StreamMode streamMode();
}
