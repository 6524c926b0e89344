package io.nimoshake.app.http;

import io.nimoshake.core.engine.SyncView;

/** What the HTTP interface sees of a sync. */
public interface SyncMonitor {
  /** The state now. */
  SyncView view();

  /** Checkpoints saved so far. */
  long checkpointSaves();
}
