package io.nimoshake.core.engine;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The state of a sync at one moment, for progress, API and status: immutable and safe to hand out.
 *
 * @param copied whether every table is copied ({@code incr_sync} in the Go tool's words)
 * @param stopping whether it is draining
 */
public record SyncView(List<TableView> tables, boolean copied, boolean stopping) {
  public SyncView {
    tables = List.copyOf(tables);
  }

  /** How far a table is, in the order it goes through them. */
  public enum TableState {
    /** Waits for its turn. */
    WAITING,
    /** Its stream is being enabled, its collection made ready. */
    PREPARING,
    COPYING,
    /** All items are copied; tombstones are purged, indexes built. */
    FINISHING,
    /** Copied; its stream is followed. */
    STREAMING,
    /** Nothing is left to do. */
    DONE,
    FAILED
  }

  /**
   * @param approximateItems items the service says it holds, updated there every six hours or so
   * @param itemsCopied items of the copy that are durable, over all runs as far as known
   * @param recordTime creation time of the oldest of the last durable records of the open shards
   * @param failure why it failed, one line
   * @param stats counters of this run
   */
  public record TableView(
      String name,
      TableState state,
      long approximateItems,
      List<SplitView> splits,
      Optional<Instant> recordTime,
      Optional<String> failure,
      io.nimoshake.core.flow.TableStats stats) {
    public TableView {
      splits = List.copyOf(splits);
    }
  }

  /** Where a split is. */
  public enum SplitState {
    /** Its parents are not durable, or its table is not that far. */
    WAITING,
    RUNNING,
    DONE
  }

  public record SplitView(
      Split split,
      SplitState state,
      Position position,
      Optional<Instant> recordTime,
      Instant updated) {}
}
