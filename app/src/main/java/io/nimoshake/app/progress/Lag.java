package io.nimoshake.app.progress;

import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.flow.ShardLag;
import io.nimoshake.core.model.Split.OfStream;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.PlanView.SplitState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** How far a table is behind its stream: the largest lag of its open shards ({@link ShardLag}). */
public final class Lag {
  private Lag() {}

  /**
   * The lag now; empty if no shard of the table is known or none is open. While changes are
   * backfilled, it is the time since the last moment before which all changes are applied.
   *
   * @param host the time of this host's clock
   * @param correction what is to be added to it to have the time of the source
   */
  public static Optional<Duration> of(TableView table, Instant host, Duration correction) {
    Optional<PlanView.Backfill> backfill = table.plan().backfill();
    if (backfill.isPresent()) {
      return Optional.of(ShardLag.age(backfill.get().applied(), host.plus(correction)));
    }
    List<SplitState> shards =
        table.plan().splits().stream()
            .filter(split -> split.split() instanceof OfStream)
            .filter(split -> split.progress() != PlanView.Progress.DONE)
            .toList();
    boolean reading =
        shards.stream().anyMatch(shard -> shard.progress() == PlanView.Progress.RUNNING);
    return shards.stream()
        // A shard that waits for its parents holds nothing that is older than what they hold.
        .filter(shard -> !reading || shard.progress() == PlanView.Progress.RUNNING)
        .map(shard -> of(table, shard, host, correction))
        .max(Duration::compareTo);
  }

  private static Duration of(TableView table, SplitState shard, Instant host, Duration correction) {
    return ShardLag.of(
        (OfStream) shard.split(),
        table.stats().shard(shard.split().id()),
        table.limits().gate().isOpen(),
        host,
        correction,
        shard.recordTime(),
        table.plan().unreadSince());
  }

  /**
   * How long ago the newest record was created that is durable: it grows while the table does not
   * change. Empty before the first record.
   *
   * @param now by the clock of the source
   */
  public static Optional<Duration> lastRecordAge(TableView table, Instant now) {
    return table.plan().splits().stream()
        .filter(split -> split.split() instanceof OfStream)
        .filter(split -> split.progress() == PlanView.Progress.RUNNING)
        .flatMap(split -> split.recordTime().stream())
        .max(Instant::compareTo)
        .map(record -> ShardLag.age(record, now));
  }
}
