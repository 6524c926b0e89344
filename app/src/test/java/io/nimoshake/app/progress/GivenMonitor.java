package io.nimoshake.app.progress;

import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.fault.FailedCalls;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Shows what it is given. */
public record GivenMonitor(
    Supplier<SyncView> views,
    long checkpointSaves,
    Map<String, FailedCalls> failedCalls,
    Supplier<Optional<String>> nothing)
    implements SyncMonitor {

  public GivenMonitor(
      Supplier<SyncView> views, long checkpointSaves, Map<String, FailedCalls> failedCalls) {
    this(views, checkpointSaves, failedCalls, Optional::empty);
  }

  public GivenMonitor(Supplier<SyncView> views) {
    this(views, 0, Map.of());
  }

  /** The numbers of a sync at a moment, with rates of zero. */
  public static SyncNumbers numbers(SyncView view, Instant at) {
    return SyncNumbers.of(view, new Rates(), at);
  }

  @Override
  public Optional<String> nothingSelected() {
    return nothing.get();
  }

  @Override
  public SyncView view() {
    return views.get();
  }
}
