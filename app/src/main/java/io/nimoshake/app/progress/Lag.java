package io.nimoshake.app.progress;

import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.PlanView.SplitState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** How far a table's stream is behind. */
public final class Lag {
  private Lag() {}

  /**
   * The largest lag among the shards that are read. While nothing waits to be written it is the
   * time from the last record's creation until it was durable: an idle stream does not fall behind.
   * While something waits it is that record's age, and grows. Empty before the first record.
   */
  public static Optional<Duration> of(TableView table, Instant now) {
    boolean waiting = table.stats().stream.inFlight.sum() > 0;
    return shards(table)
        .flatMap(
            split ->
                split
                    .recordTime()
                    .map(record -> between(record, waiting ? now : split.updated()))
                    .stream())
        .max(Duration::compareTo);
  }

  /**
   * How long ago the newest record was created that is durable: it grows where nothing is changed.
   * Empty before the first record.
   */
  public static Optional<Duration> lastRecordAge(TableView table, Instant now) {
    return shards(table)
        .flatMap(split -> split.recordTime().stream())
        .max(Instant::compareTo)
        .map(record -> between(record, now));
  }

  private static Stream<SplitState> shards(TableView table) {
    return table.plan().splits().stream()
        .filter(split -> split.split() instanceof Split.StreamShard)
        .filter(split -> split.progress() == PlanView.Progress.RUNNING);
  }

  private static Duration between(Instant record, Instant then) {
    Duration lag = Duration.between(record, then);
    return lag.isNegative() ? Duration.ZERO : lag;
  }
}
