package io.nimoshake.app.sync;

import io.nimoshake.app.progress.SyncMonitor;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.fault.FailedCalls;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Shows a sync from before its start: empty at first, then the sync itself. */
final class StartingMonitor implements SyncMonitor {
  private static final SyncView NOTHING =
      new SyncView(
          List.of(), false, false, 0, Optional.empty(), Optional.empty(), List.of(), List.of());

  private volatile SyncMonitor sync;

  /** From now on shows this sync. */
  void started(SyncMonitor begun) {
    sync = begun;
  }

  @Override
  public SyncView view() {
    SyncMonitor now = sync;
    return now == null ? NOTHING : now.view();
  }

  @Override
  public long checkpointSaves() {
    SyncMonitor now = sync;
    return now == null ? 0 : now.checkpointSaves();
  }

  @Override
  public Map<String, FailedCalls> failedCalls() {
    SyncMonitor now = sync;
    return now == null ? Map.of() : now.failedCalls();
  }
}
