package io.nimoshake.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.ManualScheduler;
import io.nimoshake.core.Samples;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Page;
import io.nimoshake.core.model.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The path of a page, step by step. */
class SplitPipelineTest extends SplitPipelineFixture {
  private static final int PAGE_BYTES = 100_000;

  /**
   * The answer, the items, and what the driver sends: seen as an exhausted heap when it was one.
   */
  private static final int COPIES = 3;

  // --- order -----------------------------------------------------------------------------------

  @Test
  void aPageIsNotWrittenBeforeTheOneAheadOfItIsDurable() {
    start(page(1), page(2), page(3), lastPage());
    for (int i = 1; i <= 3; i++) {
      assertEquals(1, writes.held(), "one write at a time");
      assertEquals(i - 1, told.size(), "those before it are durable");
      assertEquals(page(i).changes(), writes.peek().changes());
      durable();
    }
    durable();
    assertOver("durable 1", "durable 2", "durable 3", "end");
  }

  @Test
  void onePageIsReadAheadAndNoMore() {
    start(page(1), page(2), page(3));
    time.pass(Duration.ofMinutes(1));
    assertEquals(2, stats.stream.read.sum());
    durable();
    assertEquals(3, stats.stream.read.sum());
  }

  @Test
  void aPageWithoutChangesIsDurableAtOnce() {
    ChangeBatch nothing =
        ChangeBatch.builder().skip(ManualScheduler.START).build(Position.after("1"));
    start(nothing, lastPage());
    assertEquals(List.of("durable 1"), told);
    durable();
    assertOver("durable 1", "end");
  }

  @Test
  void eachPageSaysWhereTheOneBeforeItEnded() {
    writes.empty = true;
    ChangeBatch nothing =
        ChangeBatch.builder().skip(ManualScheduler.START).build(Position.after("2"));
    start(page(1), nothing, lastPage());
    List<String> written = new ArrayList<>();
    while (writes.held() > 0) {
      Page page = writes.peek().page();
      written.add(page.from() + " " + page.to() + " " + page.changes().size());
      durable();
    }
    assertEquals(
        List.of(
            "Beginning[] After[token=1] 1",
            "After[token=1] After[token=2] 0",
            "After[token=2] End[] 1"),
        written);
    assertOver("durable 1", "durable 2", "end");
  }

  @Test
  void nothingIsReadAfterTheLastPage() {
    start(lastPage());
    time.pass(Duration.ofMinutes(1));
    assertEquals(1, source.reads());
    durable();
    assertOver("end");
    assertEquals(1, source.reads());
  }

  // --- memory, limits --------------------------------------------------------------------------

  @Test
  void aPageCountsAsOftenAsItLiesInMemoryUntilItIsDurable() {
    start(ChangeBatch.builder().add(Samples.upsert("k", PAGE_BYTES)).build(Position.END));
    assertEquals(COPIES * PAGE_BYTES, memory.heldBytes());
    durable();
    assertOver("end");
  }

  @Test
  void nothingIsReadBeforeThereIsMemory() {
    share.acquire(64 << 20, () -> {});
    start(page(1));
    assertEquals(0, source.opened());
    share.release(64 << 20);
    time.run();
    assertEquals(1, writes.held());
  }

  @Test
  void nothingIsReadWhileTooManyReadsOfTheTableAreUnderWay() {
    reads.acquire(() -> {});
    reads.acquire(() -> {});
    start(page(1), lastPage());
    assertEquals(0, source.opened());
    assertEquals(0, memory.heldBytes());
    reads.release();
    time.run();
    assertEquals(2, source.reads(), "a read gives its place back");
    durable();
    durable();
    assertOver("durable 1", "end");
  }

  @Test
  void aReadThatFailsGivesItsPlaceBack() {
    reads.acquire(() -> {});
    start(DOWN, DOWN, DOWN, lastPage());
    time.pass(Duration.ofSeconds(10));
    durable();
    assertOver("end");
  }

  @Test
  void aPausedTableNeitherReadsNorWrites() {
    limits.gate().shut();
    start(page(1), page(2), page(3));
    assertEquals(0, source.opened());
    limits.gate().open();
    time.run();
    limits.gate().shut();
    durable();
    assertEquals(0, writes.held(), "what was read ahead waits at the gate");
    assertEquals(2, stats.stream.read.sum());
    limits.gate().open();
    time.run();
    assertEquals(1, writes.held());
    assertEquals(3, stats.stream.read.sum());
  }

  @Test
  void aReadWaitsForTheRate() {
    limits = TableLimits.of(0, 1, 0);
    start(page(1), page(2));
    assertEquals(1, stats.stream.read.sum());
    time.pass(Duration.ofMillis(900));
    assertEquals(1, stats.stream.read.sum());
    time.pass(Duration.ofMillis(100));
    assertEquals(2, stats.stream.read.sum());
  }

  @Test
  void aReadThatWaitsForTheRateSeesThatItWasChanged() {
    limits = TableLimits.of(0, 0.001, 0);
    start(page(1), page(2), page(3));
    time.pass(Duration.ofMinutes(10));
    assertEquals(1, stats.stream.read.sum());
    limits.streamCalls().set(0.1);
    time.pass(Duration.ofSeconds(5));
    durable();
    assertEquals(2, stats.stream.read.sum(), "the next waits 10 s");
    limits.streamCalls().set(0);
    time.pass(Duration.ofSeconds(1));
    assertEquals(3, stats.stream.read.sum());
  }

  // --- nothing new -----------------------------------------------------------------------------

  @Test
  void aShardWithoutNewRecordsIsReadAgainAfterAMoment() {
    start();
    source.pages("s", page(1));
    assertEquals(0, writes.held());
    time.pass(time.nextDue());
    assertEquals(1, writes.held());
  }

  /** An empty page; the call that read it began at this second or later. */
  private static ChangeBatch emptyPage(int begun) {
    return ChangeBatch.builder(SHARD).begun(Instant.ofEpochSecond(begun)).build(Position.BEGINNING);
  }

  @Test
  void emptyPagesAreToldWhileACutOverWaits() {
    start(emptyPage(100), emptyPage(109), emptyPage(110), emptyPage(111));
    freeze.begin(Instant.ofEpochSecond(100), Instant.ofEpochSecond(110));
    time.pass(Duration.ofSeconds(30));
    assertEquals(List.of("read empty", "read empty"), told);
    source.pages("s", emptyPage(112));
    freeze.end();
    time.pass(Duration.ofSeconds(30));
    assertEquals(List.of("read empty", "read empty"), told);
  }

  @Test
  void anEmptyPageIsNotToldBeforeThePageAheadOfItIsDurable() {
    ChangeBatch behind =
        ChangeBatch.builder(SHARD).begun(Instant.ofEpochSecond(110)).build(Position.after("1"));
    freeze.begin(Instant.ofEpochSecond(100), Instant.ofEpochSecond(110));
    start(page(1), behind);
    time.pass(Duration.ofSeconds(5));
    assertEquals(List.of(), told);
    durable();
    assertEquals(List.of("durable 1"), told);
  }

  @Test
  void aRecordAfterTheFreezeTimeIsRememberedWithItsKey() {
    freeze.begin(Instant.ofEpochSecond(100), Instant.ofEpochSecond(110));
    ChangeBatch.Builder page = ChangeBatch.builder(SHARD);
    page.add(Samples.upsert("late", 10), Instant.ofEpochSecond(101));
    page.add(Samples.upsert("before", 10), Instant.ofEpochSecond(100));
    start(page.build(Position.after("1")));
    FreezeWatch.LateWrite late = freeze.lateWrite().orElseThrow();
    assertEquals(Optional.of(Samples.upsert("late", 10).key()), late.key());
    assertEquals(Instant.ofEpochSecond(101), late.created());
  }

  @Test
  void aShardThatGetsRecordsAgainIsReadMoreOften() {
    start();
    time.pass(Duration.ofMinutes(10));
    Duration idle = time.nextDue();
    source.pages("s", page(1));
    time.pass(idle);
    assertTrue(time.nextDue().compareTo(Duration.ofMillis(100)) <= 0, "after " + time.nextDue());
  }

  /** Asked at once, it would have nothing more, and every call costs. */
  @Test
  void aShardAtItsEndIsAskedAgainAfterAMoment() {
    start();
    source.pages("s", newPage(1), newPage(2));
    time.pass(time.nextDue());
    assertEquals(1, stats.stream.read.sum());
    assertTrue(progress().readToEnd());
    assertEquals(Optional.of(time.now()), progress().endAt());
    durable();
    assertEquals(1, stats.stream.read.sum());
    time.pass(Duration.ofMillis(100));
    assertEquals(2, stats.stream.read.sum());
  }

  /** A write takes long: there is more by then. */
  @Test
  void aPageThatWaitedForTheOneAheadIsFollowedAtOnce() {
    start();
    source.pages("s", newPage(1), newPage(2), newPage(3));
    time.pass(time.nextDue());
    time.pass(Duration.ofMillis(100));
    assertEquals(2, stats.stream.read.sum());
    durable();
    assertEquals(3, stats.stream.read.sum());
  }

  private ShardProgress.Now progress() {
    return stats.shard(SHARD.id()).orElseThrow();
  }

  /** A small page with a record of this moment. */
  private ChangeBatch newPage(int number) {
    return ChangeBatch.builder()
        .add(Samples.upsert("k" + number, 10), time.now())
        .small()
        .build(Position.after(number + ""));
  }

  /** A page that the target does not take must not be forgotten for what comes after it. */
  @Test
  void aShardIsNotCaughtUpWithWhileAPageOfItIsWritten() {
    start(page(1));
    time.pass(Duration.ofMinutes(10));
    assertEquals(List.of(), told);
    durable();
    time.pass(Duration.ofMinutes(10));
    assertTrue(told.contains("caught up"));
  }

  /** With the clock of a host that is ahead, changes of a gap would count as read. */
  @Test
  void aShardIsCaughtUpWithByTheClockOfTheService() {
    ChangeBatch[] empty = new ChangeBatch[200];
    Arrays.fill(empty, emptyPage(100));
    start((Object[]) empty);
    time.pass(Duration.ofMinutes(2));
    assertEquals(List.of("caught up"), told);
    assertEquals(Instant.ofEpochSecond(100), caughtUpAt);
  }

  private static ChangeBatch pageBegun(int number, int begun) {
    return ChangeBatch.builder(SHARD)
        .begun(Instant.ofEpochSecond(begun))
        .add(page(number).changes().get(0), Instant.EPOCH)
        .build(Position.after(number + ""));
  }

  /** Else nobody could tell whether records had expired when the first of them was read. */
  @Test
  void aDurablePageTellsWhenItWasRead() {
    start(emptyPage(100), pageBegun(1, 200), page(2));
    time.pass(Duration.ofMinutes(1));
    durable();
    durable();
    assertEquals(List.of(Optional.of(Instant.ofEpochSecond(200)), Optional.empty()), durableBegun);
  }
}
