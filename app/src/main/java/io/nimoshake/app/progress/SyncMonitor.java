package io.nimoshake.app.progress;

import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.fault.FailedCalls;
import java.util.Map;
import java.util.Optional;

/** What the page, the metrics, the log and the terminal read of a sync. */
public interface SyncMonitor {
  /** The state now. */
  SyncView view();

  /** Whether the sync has not started yet. */
  default boolean isStarting() {
    return false;
  }

  /** The cut-over of the sync; empty before it has started. */
  default Optional<CutOvers> cutOvers() {
    return Optional.empty();
  }

  /** How many checkpoints were saved so far. */
  long checkpointSaves();

  /** That the filter selected no table when the sync started, as a sentence; else empty. */
  Optional<String> nothingSelected();

  /** Attempts of calls that failed, by the role of the server: source, target, checkpoint. */
  Map<String, FailedCalls> failedCalls();
}
