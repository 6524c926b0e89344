package io.nimoshake.app.progress;

import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.fault.FailedCalls;
import java.util.Map;
import java.util.function.Supplier;

/** Shows what it is given. */
public record GivenMonitor(
    Supplier<SyncView> views, long checkpointSaves, Map<String, FailedCalls> failedCalls)
    implements SyncMonitor {

  public GivenMonitor(Supplier<SyncView> views) {
    this(views, 0, Map.of());
  }

  @Override
  public SyncView view() {
    return views.get();
  }
}
