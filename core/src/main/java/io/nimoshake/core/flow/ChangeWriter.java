package io.nimoshake.core.flow;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.WriteMode;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Where the changes that a table's pipelines read go to. */
public interface ChangeWriter {
  /** What became of a batch; called once, on any thread. */
  interface Outcome {
    /** All of it is durable or kept as dead letters. */
    void durable();

    /** Some of it may not be written. */
    void failed(Fault fault);

    /** It was given up because the caller is stopping; some of it may not be written. */
    void aborted();
  }

  /**
   * Writes one batch of a split; the next one of it comes when this one is durable.
   *
   * @param copyMode how a segment's changes are written; those of a shard are written in the mode
   *     that counts for the table now
   * @param stop whether the caller is stopping, so that what has not begun need not begin
   */
  void write(
      Split split, List<Change> changes, WriteMode copyMode, BooleanSupplier stop, Outcome outcome);

  /** The mode that counts for the table's stream now. */
  StreamMode streamMode();
}
