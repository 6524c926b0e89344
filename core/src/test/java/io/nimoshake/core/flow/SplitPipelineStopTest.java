package io.nimoshake.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.HeldWrites;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a split ends that is stopped, whatever it is doing. */
class SplitPipelineStopTest extends SplitPipelineFixture {
  /** The first page is being written while the reader reads on. */
  private void readWhileAPageIsWritten(Object read, Runnable duringRead) {
    start(page(1));
    source.pages("s", read);
    source.duringRead = duringRead;
    time.pass(Duration.ofSeconds(1));
  }

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
    readWhileAPageIsWritten(page(2), () -> pipeline.stop());
    assertEquals(List.of(), told, "the write is still under way");
    durable();
    assertOver("durable 1", "stopped");
  }

  @Test
  void aReadThatFailsBeforeTheWriteEndsIsNotTold() {
    readWhileAPageIsWritten(DENIED, () -> pipeline.stop());
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
    readWhileAPageIsWritten(
        page(2),
        () -> {
          writes.fail(DENIED);
          assertEquals(List.of(), told);
        });
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
    readWhileAPageIsWritten(
        page(2),
        () -> {
          pipeline.stop();
          pipeline.abandonRead();
          assertEquals(List.of(), told, "the write is still under way");
          writes.durable();
          assertEquals(List.of("durable 1", "stopped"), told);
        });
    assertOver("durable 1", "stopped");
  }

  @Test
  void aReadThatIsAbandonedAndReturnsBeforeTheWriteEndsLeavesTheReaderToIt() {
    readWhileAPageIsWritten(
        page(2),
        () -> {
          pipeline.stop();
          pipeline.abandonRead();
        });
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
