package io.nimoshake.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.FakeSource;
import io.nimoshake.core.HeldWrites;
import io.nimoshake.core.ManualScheduler;
import io.nimoshake.core.Samples;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Page;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.WriteMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The path of a page, step by step. */
class SplitPipelineTest {
  private static final Fault DOWN = new Fault.Transient("connection refused", null);
  private static final Fault DENIED = new Fault.TableFailed("access denied", null);
  private static final Split SHARD = Samples.shard("s");
  private static final int PAGE_BYTES = 100_000;

  /**
   * The answer, the items, and what the driver sends: seen as an exhausted heap when it was one.
   */
  private static final int COPIES = 3;

  private final ManualScheduler time = new ManualScheduler();
  private final FakeSource source = new FakeSource();
  private final HeldWrites writes = new HeldWrites();
  private final MemoryBudget memory = new MemoryBudget(64 << 20);
  private final MemoryBudget.Share share = memory.share();
  private final Permits reads = new Permits(2);
  private final TableStats stats = new TableStats();
  private final FreezeWatch freeze = new FreezeWatch();
  private final List<Rejected> putAside = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private TableLimits limits = TableLimits.none();
  private DeadLetters deadLetters = putAside::addAll;
  private SplitPipeline pipeline;

  private void start(Object... pages) {
    source.pages("s", pages);
    TableFlow flow =
        new TableFlow(
            source,
            writes,
            deadLetters,
            share,
            reads,
            limits,
            freeze,
            time,
            RetryPolicy.DEFAULT,
            stats);
    pipeline =
        new SplitPipeline(SHARD, Position.BEGINNING, WriteMode.COPY_REPLACE, flow, new Told());
    pipeline.start();
    time.run();
  }

  private final class Told implements SplitListener {
    @Override
    public void durable(Split split, Position position, Optional<Instant> recordTime) {
      told.add(position instanceof Position.After after ? "durable " + after.token() : "end");
    }

    @Override
    public void caughtUp(Split split, Instant at) {
      told.add("caught up");
    }

    @Override
    public void readEmpty(Split split, Instant begun) {
      told.add("read empty");
    }

    @Override
    public void failed(Split split, Fault fault) {
      told.add("failed: " + fault.getMessage());
    }

    @Override
    public void stopped(Split split) {
      told.add("stopped");
    }
  }

  private static ChangeBatch page(int number) {
    return Samples.page(Position.after(number + ""), "k" + number);
  }

  private static ChangeBatch lastPage() {
    return Samples.page(Position.END, "last");
  }

  private void durable() {
    writes.durable();
    time.run();
  }

  /** However it ended: the reader is closed, the memory free, nothing in flight, nothing to do. */
  private void assertOver(String... heard) {
    time.pass(Duration.ofMinutes(1));
    assertEquals(List.of(heard), told);
    assertEquals(0, source.openReaders());
    assertEquals(0, memory.heldBytes());
    assertEquals(0, stats.stream.inFlight.sum());
    assertTrue(time.isIdle());
  }

  @AfterEach
  void readersWereUsedRightly() {
    assertEquals(List.of(), source.broken());
  }

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
    assertEquals(Optional.of(time.now()), progress().completeUntil());
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

  // --- faults ----------------------------------------------------------------------------------

  @Test
  void aReadThatMayPassIsRetriedAndHoldsNoMemoryMeanwhile() {
    start(DOWN, DOWN, page(1), lastPage());
    assertEquals(0, memory.heldBytes());
    assertEquals(Duration.ofMillis(50), time.nextDue());
    time.pass(Duration.ofMillis(150));
    assertEquals(2, stats.reading.failed.sum());
    assertTrue(stats.failures.recent().get(0).over());
    assertEquals(1, source.opened(), "the same reader goes on");
    durable();
    durable();
    assertOver("durable 1", "end");
  }

  @Test
  void aReadIsNotRetriedWhileTheTableIsPaused() {
    start(DOWN, lastPage());
    limits.gate().shut();
    time.pass(Duration.ofMinutes(10));
    assertEquals(1, source.reads());
    limits.gate().open();
    time.run();
    assertEquals(2, source.reads());
    durable();
    assertOver("end");
  }

  @Test
  void aRetriedReadWaitsForTheRateToo() {
    limits = TableLimits.of(0, 1, 0);
    start(DOWN, lastPage());
    time.pass(Duration.ofMillis(900));
    assertEquals(1, source.reads(), "one call a second");
    time.pass(Duration.ofMillis(200));
    assertEquals(2, source.reads());
    durable();
    assertOver("end");
  }

  /** A pause of an hour between empty pages must not count as an hour of empty pages. */
  @Test
  void aPausedShardIsNotCaughtUpWithByOneEmptyPage() {
    Object[] empty = new Object[200];
    java.util.Arrays.fill(empty, Samples.page(Position.BEGINNING));
    start(empty);
    time.pass(Duration.ofSeconds(50));
    limits.gate().shut();
    time.pass(Duration.ofHours(1));
    limits.gate().open();
    time.run();
    assertEquals(List.of(), told);
    time.pass(Duration.ofMinutes(2));
    assertEquals(List.of("caught up"), told);
    pipeline.stop();
  }

  @Test
  void aSplitThatCannotBeOpenedIsRetriedToo() {
    source.script.fail("open", DOWN);
    start(lastPage());
    assertEquals(0, writes.held());
    time.pass(Duration.ofSeconds(1));
    durable();
    assertOver("end");
  }

  @Test
  void aReadThatCannotPassIsToldAtOnceIfNothingIsWritten() {
    start(DENIED);
    assertOver("failed: access denied");
  }

  @Test
  void aSplitThatCannotBeOpenedAtAllHasNothingToClose() {
    source.script.fail("open", DENIED);
    start();
    assertOver("failed: access denied");
  }

  @Test
  void aReadThatCannotPassIsToldAfterTheWriteUnderWay() {
    start(page(1), DENIED);
    time.pass(Duration.ofMinutes(1));
    assertEquals(List.of(), told);
    durable();
    assertOver("durable 1", "failed: access denied");
  }

  @Test
  void ofAReadAndAWriteThatFailTheWriteIsTold() {
    start(page(1), DENIED);
    writes.fail(new Fault.TableFailed("no room", null));
    assertOver("failed: no room");
  }

  @Test
  void aWriteThatFailsDropsThePageAhead() {
    start(page(1), page(2));
    writes.fail(DENIED);
    assertOver("failed: access denied");
  }

  @Test
  void aWriteThatFailsUnderAReadLeavesTheReaderToIt() {
    start(page(1));
    source.pages("s", page(2));
    source.duringRead = () -> writes.fail(DENIED);
    time.pass(Duration.ofSeconds(1));
    assertOver("failed: access denied");
  }

  @Test
  void rejectedItemsArePutAside() {
    Rejected item = new Rejected("t", "k", "too deep", "{}");
    start(ChangeBatch.builder().reject(item).build(Position.END));
    assertEquals(List.of(item), putAside);
    assertEquals(1, stats.stream.rejected.sum());
    assertOver("end");
  }

  @Test
  void aRejectedItemThatIsNotPutAsideFailsTheSplit() {
    deadLetters = DeadLetters.FAIL;
    Rejected item = new Rejected("t", "k", "too deep", "{}");
    start(ChangeBatch.builder().reject(item).build(Position.END));
    assertOver("failed: item k of table t: too deep");
  }

  @Test
  void aPageIsNotLostWhileItsRejectedItemsCannotBePutAside() {
    AtomicInteger calls = new AtomicInteger();
    deadLetters =
        items -> {
          if (calls.incrementAndGet() < 3) {
            throw new Fault.Transient("the disk is full", null);
          }
          putAside.addAll(items);
        };
    Rejected item = new Rejected("t", "k", "too deep", "{}");
    start(
        ChangeBatch.builder().add(Samples.upsert("k1", 10)).reject(item).build(Position.after("1")),
        lastPage());
    time.pass(Duration.ofMinutes(1));
    assertEquals(List.of(item), putAside);
    durable();
    durable();
    assertOver("durable 1", "end");
  }

  // --- stop ------------------------------------------------------------------------------------

  @Test
  void aStopWaitsForTheWriteUnderWayAndDropsThePageAhead() {
    start(page(1), page(2));
    HeldWrites.Write write = writes.peek();
    assertFalse(write.stop().getAsBoolean());
    pipeline.stop();
    pipeline.stop();
    time.pass(Duration.ofMinutes(1));
    assertEquals(List.of(), told);
    assertTrue(write.stop().getAsBoolean(), "the writer is told to begin nothing");
    durable();
    assertOver("durable 1", "stopped");
    pipeline.stop();
    assertOver("durable 1", "stopped");
  }

  @Test
  void aWriteThatIsGivenUpIsNotDurable() {
    start(page(1), page(2));
    pipeline.stop();
    writes.take().outcome().aborted();
    assertOver("stopped");
  }

  @Test
  void aWriteThatFailsWhileItStopsIsTold() {
    start(page(1), page(2));
    pipeline.stop();
    writes.fail(DENIED);
    assertOver("failed: access denied");
  }

  @Test
  void aShardThatWaitsForRecordsStopsAtOnce() {
    start();
    pipeline.stop();
    assertEquals(List.of("stopped"), told);
    assertOver("stopped");
  }

  @Test
  void aSplitThatWaitsForMemoryStopsAtOnce() {
    share.acquire(64 << 20, () -> {});
    start(page(1));
    pipeline.stop();
    assertEquals(List.of("stopped"), told);
    share.release(64 << 20);
    assertOver("stopped");
    assertEquals(0, source.opened());
  }

  @Test
  void aSplitThatPausesAfterAFaultStopsAtOnce() {
    start(DOWN, page(1));
    pipeline.stop();
    assertOver("stopped");
  }

  @Test
  void aReadUnderWayIsDroppedAndClosesTheReader() {
    source.duringRead = () -> pipeline.stop();
    start(page(1));
    assertOver("stopped");
  }

  @Test
  void aReadThatFailsAfterTheStopClosesTheReader() {
    source.duringRead = () -> pipeline.stop();
    start(DENIED);
    assertOver("stopped");
  }

  @Test
  void aReadThatReturnsBeforeTheWriteEndsIsDropped() {
    start(page(1));
    source.pages("s", page(2));
    source.duringRead = () -> pipeline.stop();
    time.pass(Duration.ofSeconds(1));
    assertEquals(List.of(), told, "the write is still under way");
    durable();
    assertOver("durable 1", "stopped");
  }

  @Test
  void aReadThatFailsBeforeTheWriteEndsIsNotTold() {
    start(page(1));
    source.pages("s", DENIED);
    source.duringRead = () -> pipeline.stop();
    time.pass(Duration.ofSeconds(1));
    durable();
    assertOver("durable 1", "stopped");
  }

  /** Whoever hears of the stop may open the split again, and a split has one reader. */
  @Test
  void aStopIsToldWhenTheReadUnderWayHasReturned() {
    source.duringRead =
        () -> {
          pipeline.stop();
          assertEquals(List.of(), told);
        };
    start(page(1));
    assertOver("stopped");
  }

  @Test
  void aWriteThatFailsIsToldWhenTheReadUnderWayHasReturned() {
    start(page(1));
    source.pages("s", page(2));
    source.duringRead =
        () -> {
          writes.fail(DENIED);
          assertEquals(List.of(), told);
        };
    time.pass(Duration.ofSeconds(1));
    assertOver("failed: access denied");
  }

  @Test
  void aReadThatIsAbandonedClosesTheReaderWhenItReturns() {
    source.duringRead =
        () -> {
          pipeline.abandonRead();
          assertEquals(List.of(), told, "it is not stopping");
          pipeline.stop();
          pipeline.abandonRead();
          assertEquals(List.of("stopped"), told);
          assertEquals(1, source.openReaders());
        };
    start(page(1));
    assertOver("stopped");
  }

  @Test
  void aReadThatIsAbandonedIsNotWaitedForWhenTheWriteEnds() {
    start(page(1));
    source.pages("s", page(2));
    source.duringRead =
        () -> {
          pipeline.stop();
          pipeline.abandonRead();
          assertEquals(List.of(), told, "the write is still under way");
          writes.durable();
          assertEquals(List.of("durable 1", "stopped"), told);
        };
    time.pass(Duration.ofSeconds(1));
    assertOver("durable 1", "stopped");
  }

  @Test
  void aReadThatIsAbandonedAndReturnsBeforeTheWriteEndsLeavesTheReaderToIt() {
    start(page(1));
    source.pages("s", page(2));
    source.duringRead =
        () -> {
          pipeline.stop();
          pipeline.abandonRead();
        };
    time.pass(Duration.ofSeconds(1));
    assertEquals(List.of(), told);
    durable();
    assertOver("durable 1", "stopped");
  }

  @Test
  void aSplitThatEndsWhileItStopsHasEnded() {
    start(lastPage());
    pipeline.stop();
    durable();
    assertOver("end");
  }
}
