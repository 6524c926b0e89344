package io.nimoshake.app.progress;

import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.fault.FailedCalls;
import java.util.Map;

/** What those who watch a sync see of it. */
public interface SyncMonitor {
  /** The state now. */
  SyncView view();

  /** Checkpoints saved so far. */
  long checkpointSaves();

  /** Failed attempts of calls, by what the server is to us: source, target, checkpoint. */
  Map<String, FailedCalls> failedCalls();
}
