package io.nimoshake.app.progress;

import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.flow.ShardProgress;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.PlanView.SplitState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How far a table is behind its stream.
 *
 * <p>A shard is caught up, and its lag is zero, when it was read to its end and everything read of
 * it is durable. Otherwise its lag is the age of the oldest record that was read and is not
 * durable; or, if there is none, the age of the moment up to which it was read. Records that are
 * older than the copy do not count. The lag of a table is the largest one of its open shards.
 */
public final class Lag {
  /**
   * For so long an idle shard counts as read to its end: it is asked again every few seconds, or
   * more rarely if many shards share a limit.
   */
  private static final Duration FRESH = Duration.ofMinutes(1);

  /** The copy has seen what is older than its start less this: see {@code ignoreBefore}. */
  private static final Duration MARGIN = Duration.ofMinutes(5);

  private Lag() {}

  /** The lag now; empty if no shard of the table is known or none is open. */
  public static Optional<Duration> of(TableView table, Instant now) {
    List<SplitState> shards =
        table.plan().splits().stream()
            .filter(split -> split.split() instanceof StreamShard)
            .filter(split -> split.progress() != PlanView.Progress.DONE)
            .toList();
    boolean reading =
        shards.stream().anyMatch(shard -> shard.progress() == PlanView.Progress.RUNNING);
    return shards.stream()
        // A shard that waits for its parents holds nothing that is older than what they hold.
        .filter(shard -> !reading || shard.progress() == PlanView.Progress.RUNNING)
        .map(shard -> of(table, shard, now))
        .max(Duration::compareTo);
  }

  private static Duration of(TableView table, SplitState shard, Instant now) {
    Optional<ShardProgress.Now> progress = table.stats().shard(shard.split().id());
    Optional<Instant> unwritten = progress.flatMap(ShardProgress.Now::oldestUnwritten);
    if (unwritten.isPresent()) {
      return between(unwritten.get(), now);
    }
    Instant complete = completeUntil(table, shard, progress);
    boolean caughtUp =
        progress.filter(ShardProgress.Now::readToEnd).isPresent()
            && !progress.get().failing()
            && table.limits().gate().isOpen()
            && complete.plus(FRESH).isAfter(now);
    return caughtUp ? Duration.ZERO : between(complete, now);
  }

  /** Everything that was created before this moment was read, or is older than the copy. */
  private static Instant completeUntil(
      TableView table, SplitState shard, Optional<ShardProgress.Now> progress) {
    Instant ignored = ((StreamShard) shard.split()).ignoreBefore();
    Instant complete = ignored.equals(Instant.MIN) ? Instant.EPOCH : ignored.plus(MARGIN);
    complete = later(complete, progress.flatMap(ShardProgress.Now::completeUntil));
    complete = later(complete, shard.recordTime());
    return later(complete, table.plan().unreadSince());
  }

  private static Instant later(Instant moment, Optional<Instant> other) {
    return other.filter(moment::isBefore).orElse(moment);
  }

  /**
   * How long ago the newest record was created that is durable: it grows while the table does not
   * change. Empty before the first record.
   */
  public static Optional<Duration> lastRecordAge(TableView table, Instant now) {
    return table.plan().splits().stream()
        .filter(split -> split.split() instanceof StreamShard)
        .filter(split -> split.progress() == PlanView.Progress.RUNNING)
        .flatMap(split -> split.recordTime().stream())
        .max(Instant::compareTo)
        .map(record -> between(record, now));
  }

  private static Duration between(Instant record, Instant then) {
    Duration lag = Duration.between(record, then);
    return lag.isNegative() ? Duration.ZERO : lag;
  }
}
