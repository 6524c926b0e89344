package io.nimoshake.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.Samples;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.port.DeadLetters;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What becomes of a page if it cannot be read or written. */
class SplitPipelineFaultsTest extends SplitPipelineFixture {
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
}
