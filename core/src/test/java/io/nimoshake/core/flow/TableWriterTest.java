package io.nimoshake.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.FakeTarget;
import io.nimoshake.core.ManualScheduler;
import io.nimoshake.core.Samples;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Page;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Target.Capabilities;
import io.nimoshake.core.port.WriteMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableWriterTest {
  private static final Fault DOWN = new Fault.Transient("connection refused", null);
  private static final Fault DENIED = new Fault.TableFailed("access denied", null);

  private final ManualScheduler time = new ManualScheduler();
  private final FakeTarget target = new FakeTarget();
  private final TableStats stats = new TableStats();
  private final List<Rejected> putAside = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private DeadLetters deadLetters = putAside::addAll;
  private boolean stopping;

  private TableWriter writer(int writers, int changesPerWrite) {
    return new TableWriter(
        Samples.table("t"),
        target,
        items -> deadLetters.accept(items),
        time,
        RetryPolicy.DEFAULT,
        stats,
        writers,
        changesPerWrite);
  }

  private static List<Change> changes(String... keys) {
    return Arrays.stream(keys).map(key -> Samples.upsert(key, 10)).toList();
  }

  private void copy(TableWriter writer, List<Change> changes) {
    Page page = Samples.written(Samples.segment(0, 1), changes);
    writer.write(page, WriteMode.COPY_IF_ABSENT, () -> stopping, new Told());
  }

  private void follow(TableWriter writer, List<Change> changes) {
    Page page = Samples.written(Samples.shard("s"), changes);
    writer.write(page, WriteMode.COPY_IF_ABSENT, () -> stopping, new Told());
  }

  private final class Told implements ChangeWriter.Outcome {
    @Override
    public void durable() {
      told.add("durable");
    }

    @Override
    public void failed(Fault fault) {
      told.add("failed: " + fault.getMessage());
    }

    @Override
    public void aborted() {
      told.add("aborted");
    }
  }

  private static String write(WriteMode mode, String... keys) {
    return "write t " + mode + " " + List.of(keys);
  }

  private static String copied(String... keys) {
    return write(WriteMode.COPY_IF_ABSENT, keys);
  }

  // --- chunks ----------------------------------------------------------------------------------

  @Test
  void aBatchIsCutIntoAsManyChangesAsTheTargetTakes() {
    target.capabilities = new Capabilities(true, 2, 1 << 20, true);
    copy(writer(4, 1000), changes("a", "b", "c", "d", "e"));
    time.run();
    assertEquals(List.of(copied("a", "b"), copied("c", "d"), copied("e")), target.script.calls());
    assertEquals(List.of("durable"), told);
  }

  @Test
  void aBatchIsCutIntoAsManyChangesAsTheUserWants() {
    copy(writer(4, 3), changes("a", "b", "c", "d"));
    time.run();
    assertEquals(List.of(copied("a", "b", "c"), copied("d")), target.script.calls());
  }

  @Test
  void aBatchIsCutIntoAsManyBytesAsTheTargetTakes() {
    target.capabilities = new Capabilities(true, 100, 25, true);
    List<Change> changes = new ArrayList<>();
    changes.add(Samples.upsert("large", 70));
    changes.addAll(changes("a", "b", "c"));
    changes.add(Samples.upsert("huge", 80));
    changes.addAll(changes("d"));
    copy(writer(4, 1000), changes);
    time.run();
    assertEquals(
        List.of(copied("large"), copied("a", "b"), copied("c"), copied("huge"), copied("d")),
        target.script.calls());
  }

  @Test
  void aBatchIsDurableWhenAllItsChunksAre() {
    target.script.fail("write", DOWN);
    copy(writer(4, 1), changes("a", "b"));
    time.run();
    assertEquals(List.of(copied("a"), copied("b")), target.script.calls());
    assertEquals(List.of(), told);
    time.pass(Duration.ofSeconds(1));
    assertEquals(List.of(copied("a")), target.script.calls(), "only what failed is repeated");
    assertEquals(List.of("durable"), told);
  }

  @Test
  void noMoreWritesAreUnderWayThanAllowed() {
    target.script.fail("write", DOWN);
    TableWriter writer = writer(1, 1);
    copy(writer, changes("a", "b"));
    copy(writer, changes("c"));
    time.run();
    assertEquals(List.of(copied("a")), target.script.calls(), "it keeps its place while it pauses");
    time.pass(Duration.ofSeconds(1));
    assertEquals(List.of(copied("a"), copied("b"), copied("c")), target.script.calls());
    assertEquals(List.of("durable", "durable"), told);
  }

  // --- failures --------------------------------------------------------------------------------

  @Test
  void failuresThatMayPassAreCountedAndShown() {
    target.script.fail("write", DOWN, new Fault.Throttled("slow down", null));
    copy(writer(1, 100), changes("a"));
    time.pass(Duration.ofMillis(60));
    assertEquals("writing", stats.failures.recent().get(0).activity());
    time.pass(Duration.ofSeconds(1));
    assertEquals(1, stats.writing.failed.sum());
    assertEquals(1, stats.writing.throttled.sum());
    assertTrue(stats.failures.recent().stream().allMatch(failure -> failure.over()));
  }

  @Test
  void aFailureThatDoesNotPassEndsTheBatch() {
    target.script.fail("write", DENIED);
    copy(writer(1, 1), changes("a", "b", "c"));
    time.run();
    assertEquals(List.of(copied("a")), target.script.calls(), "the rest is not begun");
    assertEquals(List.of("failed: access denied"), told);
  }

  @Test
  void aFailedBatchLeavesItsPlacesToOthers() {
    target.script.fail("write", DENIED);
    TableWriter writer = writer(1, 1);
    copy(writer, changes("a", "b"));
    copy(writer, changes("c"));
    time.run();
    assertEquals(List.of("failed: access denied", "durable"), told);
  }

  @Test
  void aBatchIsGivenUpIfItIsStoppedBetweenTwoTries() {
    target.script.fail("write", DOWN);
    copy(writer(2, 1), changes("a", "b"));
    time.run();
    stopping = true;
    time.pass(Duration.ofSeconds(10));
    assertEquals(List.of(copied("a"), copied("b")), target.script.calls());
    assertEquals(List.of("aborted"), told);
  }

  @Test
  void aBatchThatWasWrittenIsDurableAlthoughItIsStopped() {
    List<Boolean> asked = new ArrayList<>();
    writer(1, 100)
        .write(
            Samples.written(Samples.shard("s"), changes("a")),
            WriteMode.STREAM,
            // From the first question on, that is during the write.
            () -> !asked.isEmpty() || !asked.add(true),
            new Told());
    time.run();
    assertEquals(List.of("durable"), told);
  }

  @Test
  void anAppendingTargetGetsEachPageWholeAndAgainAfterAFault() {
    target.capabilities = Capabilities.ofAppending();
    target.script.fail("writePage", DOWN);
    TableWriter writer = writer(4, 1);
    assertTrue(writer.takesEmptyPages());
    copy(writer, changes("a", "b", "c"));
    time.pass(Duration.ofSeconds(10));
    String page = "writePage t segment-0-of-1 [a, b, c]";
    assertEquals(List.of(page, page), target.script.calls());
    assertEquals(List.of("durable"), told);
    assertEquals(3, stats.copy.written.sum());
  }

  @Test
  void anAppendingTargetGetsPagesWithoutChanges() {
    target.capabilities = Capabilities.ofAppending();
    copy(writer(1, 100), List.of());
    time.run();
    assertEquals(List.of("writePage t segment-0-of-1 []"), target.script.calls());
    assertEquals(List.of("durable"), told);
  }

  // --- rejected items --------------------------------------------------------------------------

  @Test
  void refusedItemsArePutAsideBeforeTheBatchIsDurable() {
    target.refused.add("b");
    deadLetters =
        items -> {
          told.add("put aside " + items.size());
          putAside.addAll(items);
        };
    copy(writer(1, 100), changes("a", "b", "c"));
    time.run();
    assertEquals(List.of("put aside 1", "durable"), told);
    assertEquals("b", putAside.get(0).key());
    assertEquals(1, stats.copy.rejected.sum());
    assertEquals(2, stats.copy.written.sum());
  }

  @Test
  void aRefusedItemThatIsNotPutAsideEndsTheBatch() {
    target.refused.add("b");
    deadLetters = DeadLetters.FAIL;
    copy(writer(1, 100), changes("a", "b"));
    time.run();
    assertEquals(List.of("failed: item b of table t: too large"), told);
    assertEquals(0, stats.copy.written.sum());
  }

  // --- counters, modes -------------------------------------------------------------------------

  @Test
  void whatIsWrittenIsCountedByKindOfSplit() {
    TableWriter writer = writer(2, 2);
    copy(writer, changes("a", "b", "c"));
    follow(writer, changes("d"));
    time.run();
    assertEquals(3, stats.copy.written.sum());
    assertEquals(30, stats.copy.writtenBytes.sum());
    assertEquals(2, stats.copy.batches.sum());
    assertEquals(1, stats.stream.written.sum());
    assertEquals(1, stats.stream.batches.sum());
    assertEquals(1, Arrays.stream(stats.stream.writeLatency.counts()).sum());
  }

  @Test
  void changesOfAShardAreWrittenInTheModeOfTheTablesStream() {
    TableWriter writer = writer(1, 100);
    follow(writer, changes("a"));
    writer.streamMode().set(WriteMode.STREAM_WITH_TOMBSTONES);
    follow(writer, changes("b"));
    time.run();
    assertEquals(
        List.of(write(WriteMode.STREAM, "a"), write(WriteMode.STREAM_WITH_TOMBSTONES, "b")),
        target.script.calls());
  }

  @Test
  void deletesAreRealWhenTheLastWriteWithTombstonesIsOver() {
    target.script.fail("write", DOWN);
    TableWriter writer = writer(2, 100);
    writer.streamMode().set(WriteMode.STREAM_WITH_TOMBSTONES);
    follow(writer, changes("a"));
    time.run();
    writer.streamMode().deleteForReal(() -> told.add("real"));
    follow(writer, changes("b"));
    time.run();
    assertEquals(List.of("durable"), told, "the one begun after it");
    time.pass(Duration.ofSeconds(1));
    assertEquals(List.of("durable", "real", "durable"), told);
    assertEquals(
        List.of(
            write(WriteMode.STREAM_WITH_TOMBSTONES, "a"),
            write(WriteMode.STREAM, "b"),
            write(WriteMode.STREAM_WITH_TOMBSTONES, "a")),
        target.script.calls());
  }

  /** A shard is started by whoever does not know yet that deletes are real. */
  @Test
  void deletesThatAreRealStaySo() {
    TableWriter writer = writer(1, 100);
    writer.streamMode().deleteForReal(() -> told.add("real"));
    writer.streamMode().set(WriteMode.STREAM_WITH_TOMBSTONES);
    follow(writer, changes("a"));
    time.run();
    assertEquals(List.of(write(WriteMode.STREAM, "a")), target.script.calls());
  }

  @Test
  void aWriteInAGivenModeDoesNotTouchThatOfTheStream() {
    TableWriter writer = writer(1, 100);
    writer.streamMode().set(WriteMode.STREAM_WITH_TOMBSTONES);
    writer.writeAs(WriteMode.STREAM, changes("a"), stats.stream, () -> false, new Told());
    time.run();
    assertEquals(List.of(write(WriteMode.STREAM, "a")), target.script.calls());
    writer.streamMode().deleteForReal(() -> told.add("real"));
    assertEquals(List.of("durable", "real"), told);
  }
}
