package io.nimoshake.app.http;

import io.nimoshake.app.progress.Observer;
import io.nimoshake.app.progress.SyncNumbers;
import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.setup.SyncIdentity;
import io.nimoshake.setup.SyncRoute;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.config.Choices.OnPoison;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.GeneralKeys;
import io.nimoshake.setup.config.OperationKeys;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** Makes the state that /api/v1/status and the events answer, and judges its health. */
final class Status {
  private final Observer observer;
  private final Movement movement = new Movement();
  private final StateJson.About about;
  private final Health.Limits limits;

  Status(Configuration configuration, Observer observer, String version) {
    this.observer = observer;
    observer.onSample(movement::sample);
    this.about =
        new StateJson.About(
            version,
            SyncIdentity.of(configuration),
            SyncRoute.of(configuration),
            deadLetterFile(configuration),
            Instant.now(),
            configuration.get(GeneralKeys.SYNC_MODE) != SyncOptions.Mode.FULL
                && !configuration.get(GeneralKeys.SCHEMA_ONLY));
    this.limits =
        new Health.Limits(
            configuration.find(OperationKeys.MAX_LAG),
            configuration.get(OperationKeys.MIN_HEADROOM));
  }

  private static Optional<Path> deadLetterFile(Configuration configuration) {
    return configuration.get(GeneralKeys.ON_POISON) == OnPoison.DEAD_LETTER
        ? Optional.of(new SyncSetup(configuration).deadLetterFile())
        : Optional.empty();
  }

  StateJson.About about() {
    return about;
  }

  Health health(SyncNumbers numbers) {
    return Health.of(numbers, limits, movement);
  }

  /** Why the sync is not ready; empty if it is. */
  Optional<String> notReady(SyncView view) {
    if (view.stopping()) {
      return Optional.of("stopping");
    }
    return view.tables().isEmpty()
        ? Optional.of(
            observer.monitor().nothingSelected().orElse("starting: the tables are not known yet"))
        : Optional.empty();
  }

  StateJson withSplits() {
    return state(true);
  }

  StateJson withoutSplits() {
    return state(false);
  }

  private StateJson state(boolean splits) {
    SyncNumbers numbers = observer.numbers();
    return StateJson.of(
        about,
        numbers,
        notReady(numbers.view()),
        health(numbers),
        limits,
        observer.monitor().checkpointSaves(),
        splits);
  }
}
