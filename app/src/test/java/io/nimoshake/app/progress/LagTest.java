package io.nimoshake.app.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.flow.GivenShard;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.plan.PlanView.Progress;
import io.nimoshake.core.plan.PlanView.SplitState;
import io.nimoshake.core.plan.TableState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LagTest {
  private static final Instant T = Instant.parse("2026-01-02T03:04:05Z");
  private static final Duration NONE = Duration.ZERO;

  private Duration correction = Duration.ZERO;
  private final TableStats stats = new TableStats();
  private final StreamShard first = shard("shard-1");
  private final StreamShard second = shard("shard-2");

  private static StreamShard shard(String id) {
    return new StreamShard("t", "arn", id, Set.of(), Optional.empty(), T.minusSeconds(300));
  }

  private TableView table(SplitState... shards) {
    return GivenTable.of("t", TableState.FOLLOWING).stats(stats).splits(shards).view();
  }

  private static SplitState in(StreamShard shard, Progress progress) {
    return new SplitState(shard, progress, Position.BEGINNING, Optional.empty(), T);
  }

  private Optional<Duration> lag(TableView table, long seconds) {
    return Lag.of(table, T.plusSeconds(seconds), correction);
  }

  @Test
  void anIdleTableIsCaughtUpHoweverOldItsLastRecordIs() {
    GivenShard shard = new GivenShard(stats, first);
    ChangeBatch page = shard.read(T.minusSeconds(60), T.minusSeconds(60));
    shard.durable(page);
    shard.readEmpty(T.plusSeconds(1_000));
    TableView table = table(in(first, Progress.RUNNING));
    assertEquals(Optional.of(NONE), lag(table, 1_003));
    TableNumbers numbers =
        GivenMonitor.numbers(GivenTable.sync(table), T.plusSeconds(1_003)).tables().get(0);
    assertEquals(ShownState.CAUGHT_UP, numbers.state());
  }

  @Test
  void whatIsReadAndNotDurableCountsByItsOldestRecord() {
    GivenShard shard = new GivenShard(stats, first);
    shard.readEmpty(T);
    ChangeBatch page = shard.read(T.plusSeconds(2), T.plusSeconds(5));
    ChangeBatch next = shard.read(T.plusSeconds(6), T.plusSeconds(9));
    shard.readEmpty(T.plusSeconds(10));
    TableView table = table(in(first, Progress.RUNNING));
    assertEquals(Optional.of(Duration.ofSeconds(8)), lag(table, 10));
    shard.durable(page);
    assertEquals(Optional.of(Duration.ofSeconds(4)), lag(table, 10));
    shard.durable(next);
    assertEquals(Optional.of(NONE), lag(table, 10), "read to its end, and all is written");
  }

  @Test
  void aShardThatIsNotReadToItsEndIsBehindTheLastRecordThatWasRead() {
    GivenShard shard = new GivenShard(stats, first);
    shard.durable(shard.read(T.plusSeconds(2), T.plusSeconds(5)));
    assertEquals(Optional.of(Duration.ofSeconds(15)), lag(table(in(first, Progress.RUNNING)), 20));
  }

  @Test
  void aPausedTableFallsBehindAndCatchesUpAtOnce() {
    GivenShard shard = new GivenShard(stats, first).readEmpty(T);
    TableView table = table(in(first, Progress.RUNNING));
    table.limits().gate().shut();
    assertEquals(Optional.of(Duration.ofSeconds(116)), lag(table, 116));
    table.limits().gate().open();
    assertEquals(Optional.of(Duration.ofSeconds(116)), lag(table, 116), "not read yet");
    shard.readEmpty(T.plusSeconds(117));
    assertEquals(Optional.of(NONE), lag(table, 117));
  }

  /** It was read to its end a moment ago, but nobody looks any more. */
  @Test
  void aPausedTableIsNotCaughtUpFromTheFirstMoment() {
    new GivenShard(stats, first).readEmpty(T);
    TableView table = table(in(first, Progress.RUNNING));
    assertEquals(Optional.of(NONE), lag(table, 5));
    table.limits().gate().shut();
    assertEquals(Optional.of(Duration.ofSeconds(5)), lag(table, 5));
  }

  @Test
  void whatThePlanKnowsToBeReadCounts() {
    TableView table =
        GivenTable.of("t", TableState.FOLLOWING)
            .stats(stats)
            .splits(in(first, Progress.RUNNING))
            .unreadSince(T.plusSeconds(40))
            .view();
    assertEquals(Optional.of(Duration.ofSeconds(20)), lag(table, 60));
  }

  /** The service's clock may be ahead. */
  @Test
  void aRecordOfTheFutureIsNotBehind() {
    new GivenShard(stats, first).read(T.plusSeconds(9), T.plusSeconds(9));
    assertEquals(Optional.of(NONE), lag(table(in(first, Progress.RUNNING)), 5));
  }

  @Test
  void theLastRecordIsTheNewestOfAllShardsThatAreRead() {
    TableView table =
        GivenTable.of("t", TableState.FOLLOWING)
            .shard("a", Progress.RUNNING, T)
            .shard("b", Progress.RUNNING, T.plusSeconds(7))
            .shard("c", Progress.DONE, T.plusSeconds(9))
            .view();
    assertEquals(Optional.of(Duration.ofSeconds(3)), Lag.lastRecordAge(table, T.plusSeconds(10)));
  }

  @Test
  void aShardWhoseReadsFailFallsBehind() {
    GivenShard shard = new GivenShard(stats, first).readEmpty(T);
    shard.failing();
    TableView table = table(in(first, Progress.RUNNING));
    assertEquals(Optional.of(Duration.ofSeconds(7)), lag(table, 7));
    shard.readEmpty(T.plusSeconds(8));
    assertEquals(Optional.of(NONE), lag(table, 8));
  }

  /** Records have times of the source, and calls have times of this host. */
  @Test
  void theLagIsByTheClockOfTheSource() {
    correction = Duration.ofHours(3);
    GivenShard shard = new GivenShard(stats, first);
    TableView table = table(in(first, Progress.RUNNING));
    Instant record = T.plus(correction).plusSeconds(2);
    ChangeBatch page = shard.read(record, record);
    assertEquals(Optional.of(Duration.ofSeconds(3)), lag(table, 5));
    shard.durable(page);
    assertEquals(Optional.of(Duration.ofSeconds(4)), lag(table, 6), "not read to its end");
    shard.readEmpty(T.plusSeconds(7));
    assertEquals(Optional.of(NONE), lag(table, 8));
    table.limits().gate().shut();
    assertEquals(Optional.of(Duration.ofSeconds(2)), lag(table, 9));
  }

  @Test
  void recordsOlderThanTheCopyNeverCount() {
    GivenShard shard = new GivenShard(stats, first);
    shard.durable(shard.readSkipped(T.minusSeconds(80_000)));
    assertEquals(
        Optional.of(Duration.ofSeconds(3)),
        lag(table(in(first, Progress.RUNNING)), 3),
        "what counts was made since the copy began, at T");
  }

  @Test
  void theShardThatIsFurthestBehindCounts() {
    new GivenShard(stats, first).readEmpty(T);
    new GivenShard(stats, second).read(T.minusSeconds(9), T);
    TableView table = table(in(first, Progress.RUNNING), in(second, Progress.RUNNING));
    assertEquals(Optional.of(Duration.ofSeconds(9)), lag(table, 0));
  }

  @Test
  void aShardThatWaitsForItsParentsAddsNothing() {
    new GivenShard(stats, first).readEmpty(T.plusSeconds(100));
    TableView table = table(in(first, Progress.RUNNING), in(second, Progress.WAITING));
    assertEquals(Optional.of(NONE), lag(table, 101));
    assertEquals(
        Optional.of(Duration.ofSeconds(101)),
        lag(table(in(second, Progress.WAITING)), 101),
        "but if none is read, all wait");
  }

  @Test
  void aTableWithoutOpenShardsHasNoLag() {
    assertEquals(Optional.empty(), lag(table(in(first, Progress.DONE)), 5));
  }

  @Test
  void afterARestartTheCheckpointSaysHowFarItWas() {
    SplitState restored =
        new SplitState(
            first, Progress.RUNNING, Position.after("1"), Optional.of(T.plusSeconds(50)), T);
    assertEquals(Optional.of(Duration.ofSeconds(10)), lag(table(restored), 60));
  }
}
