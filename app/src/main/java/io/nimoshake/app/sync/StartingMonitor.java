package io.nimoshake.app.sync;

import io.nimoshake.app.progress.CutOvers;
import io.nimoshake.app.progress.SyncMonitor;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.setup.StartUp;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Shows a sync from before its start: at first what start-up waits for, then the sync itself. */
final class StartingMonitor implements SyncMonitor {
  private final StartUp start;
  private volatile Optional<SyncMonitor> sync = Optional.empty();

  StartingMonitor(StartUp start) {
    this.start = start;
  }

  /** From now on shows this sync. */
  void started(SyncMonitor begun) {
    sync = Optional.of(begun);
  }

  @Override
  public boolean isStarting() {
    return sync.isEmpty();
  }

  @Override
  public SyncView view() {
    return sync.map(SyncMonitor::view).orElseGet(this::starting);
  }

  private SyncView starting() {
    return new SyncView(
        List.of(),
        false,
        false,
        0,
        Optional.empty(),
        Optional.empty(),
        start.failures(),
        List.of(),
        Duration.ZERO);
  }

  @Override
  public Optional<CutOvers> cutOvers() {
    return sync.flatMap(SyncMonitor::cutOvers);
  }

  @Override
  public long checkpointSaves() {
    return sync.map(SyncMonitor::checkpointSaves).orElse(0L);
  }

  @Override
  public Optional<String> nothingSelected() {
    return sync.flatMap(SyncMonitor::nothingSelected);
  }

  @Override
  public Map<String, FailedCalls> failedCalls() {
    return sync.map(SyncMonitor::failedCalls).orElse(Map.of());
  }
}
