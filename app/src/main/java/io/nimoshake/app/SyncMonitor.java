package io.nimoshake.app;

import io.nimoshake.core.engine.SyncView;

/** What those who watch a sync see of it. */
public interface SyncMonitor {
  /** The state now. */
  SyncView view();

  /** Checkpoints saved so far. */
  long checkpointSaves();
}
