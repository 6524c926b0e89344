package io.nimoshake.core.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.Source.StreamHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StreamPlanTest extends StreamPlanFixture {
  @Test
  void headroomIsWhatIsLeftOfADayForTheOldestUnreadChange() {
    startFollowing("a", "b");
    durable("a", Position.after("1"), T0.plusSeconds(100), T0.plusSeconds(101));
    durable("b", Position.after("2"), T0.plusSeconds(300), T0.plusSeconds(301));
    assertEquals(Optional.of(Duration.ofHours(23)), headroom(T0.plusSeconds(100).plus(hours(1))));
    durable("a", Position.after("3"), T0.plusSeconds(900), T0.plusSeconds(901));
    assertEquals(Optional.of(Duration.ofHours(23)), headroom(T0.plusSeconds(300).plus(hours(1))));
  }

  @Test
  void anIdleShardKeepsItsHeadroom() {
    startFollowing("a");
    on(new Event.CaughtUp("t", "a", T0.plus(hours(10))));
    assertEquals(Optional.of(hours(24)), headroom(T0.plus(hours(10)).minus(StreamPlan.MARGIN)));
  }

  @Test
  void littleHeadroomIsToldOnceAndAgainWhenItIsOver() {
    startFollowing("a");
    on(new Event.Tick(T0.plus(hours(17))));
    assertEquals(List.of(), warnings());
    on(new Event.Tick(T0.plus(hours(18))));
    on(new Event.Tick(T0.plus(hours(19))));
    assertEquals(1, warnings().size(), warnings().toString());
    assertTrue(warnings().get(0).contains("expire in 355 minutes"), warnings().toString());
    on(new Event.CaughtUp("t", "a", T0.plus(hours(19))));
    on(new Event.Tick(T0.plus(hours(19))));
    on(new Event.Tick(T0.plus(hours(38))));
    assertEquals(2, warnings().size(), warnings().toString());
  }

  @Test
  void aTableWithNothingUnreadHasNoHeadroom() {
    startFollowing("a");
    closeStream();
    assertEquals(Optional.empty(), headroom(T0));
  }

  @Test
  void afterARestartAShardThatWasEmptyIsNoGap() {
    startFollowing("a");
    on(new Event.CaughtUp("t", "a", T0.plus(hours(15))));
    on(new Event.CaughtUp("t", "a", T0.plus(hours(30))));
    restart(T0.plus(hours(50)));
    listed(T0.plus(hours(50)), true, "a");
    assertEquals(Optional.empty(), failure());
    assertEquals(Set.of("a"), started());
  }

  @Test
  void afterARestartAShardThatWasNeverReadIsAGap() {
    startFollowing("a");
    restart(T0.plus(hours(25)));
    Fault.Gap gap = (Fault.Gap) failure().orElseThrow();
    assertEquals(Optional.of(T0.minus(StreamPlan.MARGIN)), gap.lostFrom());
    assertEquals(Optional.of(T0.plus(hours(1))), gap.lostTo());
    assertTrue(gap.getMessage().contains("records of a may have expired"), gap.getMessage());
  }

  @Test
  void aFirstPageThatTookLongerThanRecordsAreKeptIsAGap() {
    startFollowing("a");
    durable("a", Position.after("7"), T0.plus(hours(20)), T0.plus(hours(25)));
    assertTrue(failure().orElseThrow() instanceof Fault.Gap);
  }

  /** As where a machine was suspended between the start of a shard and its first page. */
  @Test
  void aFirstPageThatIsLongOverdueIsAGap() {
    startFollowing("a");
    on(new Event.Tick(T0.plus(hours(23))));
    assertEquals(Optional.empty(), failure());
    listed(T0.plus(hours(25)), true, "a");
    on(new Event.Tick(T0.plus(hours(25))));
    Fault.Gap gap = (Fault.Gap) failure().orElseThrow();
    assertEquals(Optional.of(T0.plus(hours(1))), gap.lostTo());
  }

  /** A virtual machine was paused, and its clocks stood still. The page was read after that. */
  @Test
  void aFirstPageThatTookLongIsAGapAlsoIfTheHostHasNotNoticed() {
    startFollowing("a");
    Instant host = T0.plusSeconds(60);
    Optional<Instant> record = Optional.of(T0.plus(hours(20)));
    Optional<Instant> begun = Optional.of(T0.plus(hours(25)));
    on(new Event.Durable("t", "a", Position.after("7"), record, begun, host));
    assertTrue(failure().orElseThrow() instanceof Fault.Gap);
    assertEquals(Position.BEGINNING, stored("a").position());
  }

  /** A leap of a clock is no reason to copy a table again. */
  @Test
  void whatOnlyTheHostSaysIsNoGap() {
    startFollowing("a");
    Instant host = T0.plus(hours(50));
    on(new Event.Tick(host));
    Optional<Instant> begun = Optional.of(T0.plusSeconds(60));
    on(new Event.Durable("t", "a", Position.after("7"), Optional.of(T0), begun, host));
    assertEquals(Optional.empty(), failure());
    assertEquals(Position.after("7"), stored("a").position());
  }

  /** A shard that is done is remembered for a day and a half after that. */
  @Test
  void aShardIsUpdatedWhenItsPageIsDurableAndNotBeforeThatWasRead() {
    startFollowing("a");
    Optional<Instant> record = Optional.of(T0);
    Optional<Instant> begun = Optional.of(T0.plusSeconds(60));
    Instant durable = T0.plusSeconds(62);
    on(new Event.Durable("t", "a", Position.after("7"), record, begun, durable));
    assertEquals(durable, stored("a").updated());
    Optional<Instant> later = Optional.of(T0.plus(hours(40)));
    on(new Event.Durable("t", "a", Position.after("8"), record, later, durable.plusSeconds(1)));
    assertEquals(T0.plus(hours(40)), stored("a").updated());
  }

  private CheckpointEntry.OfSplit stored(String shard) {
    return (CheckpointEntry.OfSplit) store.get(shard);
  }

  @Test
  void aChildBeginsWhereItsParentEndedNotWhenThatWasRead() {
    startFollowing("a");
    // Read twenty hours late: the child has records of that age.
    durable("a", Position.END, T0.plusSeconds(1), T0.plus(hours(20)));
    listed(T0.plus(hours(20)), true, "a", "b<a");
    restart(T0.plus(hours(25)));
    assertTrue(failure().orElseThrow() instanceof Fault.Gap);
  }

  @Test
  void aGapOfAShardSaysFromWhenOn() {
    startFollowing("a", "b");
    durable("a", Position.after("1"), T0.plusSeconds(100), T0.plusSeconds(101));
    on(new Event.SplitFault("t", "a", new Fault.Gap("shard a of table t: trimmed", null)));
    Fault.Gap gap = (Fault.Gap) failure().orElseThrow();
    assertEquals(Optional.of(T0.plusSeconds(100)), gap.lostFrom());
    assertEquals(Optional.of(T0.plusSeconds(101)), gap.lostTo());
    assertEquals(
        "shard a of table t: trimmed; changes made from 2026-01-01T00:01:40Z to"
            + " 2026-01-01T00:01:41Z may be lost",
        gap.getMessage());
  }

  /** A listing of before may answer then; to begin anew would be a second preparation beside it. */
  @Test
  void aGapToldWhileATableIsPreparedIsLeftToWhoReadsOn() {
    startFollowing("a");
    plan = new SyncPlan(GivenOptions.incr(1), List.copyOf(store.values()));
    take(plan.start());
    on(new Event.TablesListed(List.of("t")));
    assertEquals(TableState.PREPARING, state());
    on(new Event.TableFault("t", new Fault.Gap("the stream of before is gone", null)));
    assertEquals(Optional.empty(), failure());
    assertEquals(TableState.PREPARING, state());
  }

  @Test
  void aStreamThatIsEnabledAgainIsReadToItsEndFirst() {
    startFollowing("a");
    StreamHandle again = new StreamHandle("arn2", true, T0.plusSeconds(60));
    on(new Event.StreamFound("t", Optional.of(again)));
    assertEquals(Optional.empty(), failure());
    durable("a", Position.END, T0.plusSeconds(50), T0.plusSeconds(70));
    listed(T0.plusSeconds(71), false, "a");
    listed(T0.plusSeconds(130), false, "a");
    assertEquals(Optional.empty(), failure());
    listed(T0.plusSeconds(191), false, "a");
    Fault.Gap gap = (Fault.Gap) failure().orElseThrow();
    assertEquals(Optional.of(T0.plusSeconds(50)), gap.lostFrom());
    assertEquals(Optional.of(T0.plusSeconds(60)), gap.lostTo());
  }

  @Test
  void theLastShardOfAClosedStreamMayBeListedLate() {
    startFollowing("a");
    durable("a", Position.END, T0, T0);
    listed(T0, false, "a");
    listed(T0.plusSeconds(60), false, "a");
    listed(T0.plusSeconds(119), false, "a", "late<a");
    assertEquals(Set.of("a", "late"), started());
    durable("late", Position.END, T0, T0.plusSeconds(120));
    listed(T0.plusSeconds(130), false, "a", "late<a");
    assertTrue(commands.stream().noneMatch(c -> c instanceof Command.FindStream));
  }

  @Test
  void aStreamThatStaysOffIsToldAndThenAGap() {
    startFollowing("a");
    closeStream();
    off(180);
    off(240);
    assertEquals(List.of(), warnings());
    off(300);
    off(360);
    assertEquals(1, warnings().size());
    assertEquals(Optional.empty(), failure());
    off(420);
    assertTrue(failure().orElseThrow() instanceof Fault.Gap);
  }

  /** As where the discovery interval is a second. */
  @Test
  void quickLooksAtAStreamThatIsOffAreNoGap() {
    startFollowing("a");
    closeStream();
    for (int second = 180; second < 300; second++) {
      off(second);
    }
    assertEquals(Optional.empty(), failure());
    off(300);
    assertTrue(failure().orElseThrow() instanceof Fault.Gap);
  }

  /** Listings have said for minutes that it is closed. */
  @Test
  void aStreamThatIsOpenAfterAllIsListedAgain() {
    startFollowing("a");
    closeStream();
    commands.clear();
    on(new Event.StreamFound("t", stream("arn", true, 130)));
    assertEquals(1, count(Command.ListShards.class));
    listed(T0.plusSeconds(131), true, "a", "b<a");
    assertEquals(Set.of("b"), started());
  }

  /** Calls that list shards are paced, so with a thousand tables they come in long rounds. */
  @Test
  void aStreamThatIsUnknownForMinutesIsAGapAlsoInLongRounds() {
    startFollowing("a");
    for (int second = 100; second < 400; second += 100) {
      assertEquals(Optional.empty(), failure());
      on(new Event.Tick(T0.plusSeconds(second)));
      Instant at = T0.plusSeconds(second);
      on(new Event.TableFault("t", new Fault.StreamGone("there is no such stream", at, null)));
    }
    assertTrue(failure().orElseThrow() instanceof Fault.Gap);
  }

  /** While the source does not answer, the host tries the first call again and again. */
  @Test
  void aStreamIsNotLookedForTwiceAtATime() {
    startFollowing("a");
    closeStream();
    assertEquals(1, looksAfterTick(180));
    assertEquals(1, looksAfterTick(240));
    off(250);
    assertEquals(2, looksAfterTick(300));
    assertEquals(2, looksAfterTick(360));
    on(new Event.TableFault("t", new Fault.TableGone("there is no table t", null)));
    assertEquals(3, looksAfterTick(420));
  }

  private long looksAfterTick(int second) {
    on(new Event.Tick(T0.plusSeconds(second)));
    return count(Command.FindStream.class);
  }

  private void off(int second) {
    on(new Event.StreamFound("t", stream("arn", false, second)));
  }

  private static Optional<StreamHandle> stream(String arn, boolean open, int second) {
    return Optional.of(new StreamHandle(arn, open, T0.plusSeconds(second)));
  }

  @Test
  void aShardThatIsRefusedSeveralTimesIsAProblemUntilItIsRead() {
    startFollowing("a");
    for (int second = 1; second <= 2; second++) {
      refused("a", second);
    }
    assertEquals(List.of(), problems(), "may pass");
    refused("a", 3);
    assertEquals(1, problems().size(), problems().toString());
    assertTrue(problems().get(0).contains("shard a"), problems().toString());
    durable("a", Position.after("1"), T0.plusSeconds(4), T0.plusSeconds(4));
    assertEquals(List.of(), problems());
  }

  private void refused(String shard, int second) {
    Fault gone =
        new Fault.SplitGone("no", Fault.SplitGone.Answer.NOT_FOUND, T0.plusSeconds(second), null);
    on(new Event.SplitFault("t", shard, gone));
  }

  private Optional<Duration> headroom(Instant now) {
    return plan.view().get(0).headroom(now);
  }

  private static Duration hours(int hours) {
    return Duration.ofHours(hours);
  }
}
