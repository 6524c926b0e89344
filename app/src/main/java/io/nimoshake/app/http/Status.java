package io.nimoshake.app.http;

import io.nimoshake.app.progress.SyncMonitor;
import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.GeneralKeys;
import io.nimoshake.setup.config.OperationKeys;
import java.time.Instant;

/** Makes the state that /api/v1/status and the events answer, and judges its health. */
final class Status {
  private final SyncMonitor monitor;
  private final Watch watch;
  private final StateJson.About about;
  private final Health.Limits limits;

  Status(Configuration configuration, SyncMonitor monitor, Watch watch, String version) {
    this.monitor = monitor;
    this.watch = watch;
    this.about =
        new StateJson.About(
            version,
            configuration.get(GeneralKeys.ID),
            Instant.now(),
            configuration.get(GeneralKeys.SYNC_MODE) != SyncOptions.Mode.FULL
                && !configuration.get(GeneralKeys.SCHEMA_ONLY));
    this.limits =
        new Health.Limits(
            configuration.find(OperationKeys.MAX_LAG),
            configuration.get(OperationKeys.MIN_HEADROOM));
  }

  StateJson.About about() {
    return about;
  }

  Health health(SyncView view) {
    return Health.of(view, limits, watch.movement(), Instant.now());
  }

  StateJson withSplits() {
    return state(true);
  }

  StateJson withoutSplits() {
    return state(false);
  }

  private StateJson state(boolean splits) {
    SyncView view = monitor.view();
    return StateJson.of(
        about, view, health(view), limits, watch.rates(), monitor.checkpointSaves(), splits);
  }
}
