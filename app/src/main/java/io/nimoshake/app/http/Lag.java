package io.nimoshake.app.http;

import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.plan.PlanView;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How far a table's stream is behind. */
public final class Lag {
  private Lag() {}

  /**
   * The largest lag among the shards that are read. While nothing waits to be written it is the
   * time from the last record's creation until it was durable: an idle stream does not fall behind.
   * While something waits it is that record's age, and grows. Empty before the first record.
   */
  public static Optional<Duration> of(TableView table, Instant now) {
    boolean waiting = unwritten(table.stats().stream) > 0;
    return table.plan().splits().stream()
        .filter(split -> split.split() instanceof Split.StreamShard)
        .filter(split -> split.progress() == PlanView.Progress.RUNNING)
        .flatMap(
            split ->
                split
                    .recordTime()
                    .map(record -> Duration.between(record, waiting ? now : split.updated()))
                    .stream())
        .map(lag -> lag.isNegative() ? Duration.ZERO : lag)
        .max(Duration::compareTo);
  }

  /** Records that were read and are not durable yet. */
  static long unwritten(TableStats.Kind kind) {
    // Read in this order so that what moves meanwhile is not taken for waiting.
    long done = kind.written.sum() + kind.coalesced.sum() + kind.skipped.sum();
    return Math.max(0, kind.read.sum() - done);
  }
}
