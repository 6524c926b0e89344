package io.nimoshake.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.FakeSource;
import io.nimoshake.core.HeldWrites;
import io.nimoshake.core.ManualScheduler;
import io.nimoshake.core.Samples;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.MemoryBudget;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.plan.Event;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.core.port.WriteMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LocalSplitsTest {
  private static final Fault DENIED = new Fault.TableFailed("access denied", null);
  private static final Fault KEY = new Fault.Fatal("wrong key");
  private static final Split A = Samples.shard("a");
  private static final Split B = Samples.shard("b");

  private final ManualScheduler time = new ManualScheduler();
  private final FakeSource source = new FakeSource();
  private final HeldWrites writes = new HeldWrites();
  private final MemoryBudget memory = new MemoryBudget(64 << 20);
  private final TableRegistry registry = new TableRegistry(table -> TableLimits.none());
  private final List<String> told = new ArrayList<>();

  /** Runs when an event comes, before it is noted. */
  private Runnable onEvent = () -> {};

  private final LocalSplits splits =
      new LocalSplits(
          source,
          schema -> writes,
          DeadLetters.FAIL,
          memory,
          time,
          RetryPolicy.DEFAULT,
          registry,
          this::heard,
          fault -> told.add("fatal " + fault.getMessage()));

  @BeforeEach
  void prepare() {
    splits.tablePrepared(Samples.table("t"), Existing.DROP);
  }

  @AfterEach
  void nothingIsLeft() {
    assertEquals(List.of(), source.broken());
  }

  private void heard(Event.OfSplit event) {
    Runnable now = onEvent;
    onEvent = () -> {};
    now.run();
    event.toSplitHandler(
        new Event.SplitHandler() {
          @Override
          public void durable(Event.Durable e) {
            told.add(
                e.splitId()
                    + (e.position() instanceof Position.After after
                        ? " durable to " + after.token()
                        : " durable to its end"));
          }

          @Override
          public void caughtUp(Event.CaughtUp e) {
            told.add(e.splitId() + " caught up");
          }

          @Override
          public void readEmpty(Event.ReadEmpty e) {
            told.add(e.splitId() + " read empty");
          }

          @Override
          public void splitFault(Event.SplitFault e) {
            told.add(e.splitId() + " failed: " + e.fault().getMessage());
          }
        });
  }

  private Runnable add(Split split) {
    return splits.add(
        new Command.StartSplit(split, Position.BEGINNING, WriteMode.STREAM_WITH_TOMBSTONES));
  }

  private void start(Split split) {
    add(split).run();
    time.run();
  }

  private void stopTable() {
    splits.stop("t", () -> told.add("t stopped"));
  }

  @Test
  void aSplitIsRunToItsEnd() {
    source.pages("a", Samples.page(Position.after("1"), "x"), Samples.page(Position.END, "y"));
    writes.atOnce = true;
    start(A);
    assertEquals(List.of("a durable to 1", "a durable to its end"), told);
    assertEquals(0, source.openReaders());
    stopTable();
    assertEquals("t stopped", told.get(2), "nothing of it runs");
  }

  @Test
  void aTableHasNotStoppedWhileAReadOfItIsUnderWay() {
    source.duringRead =
        () -> {
          stopTable();
          time.pass(Duration.ofMinutes(1));
          assertEquals(List.of(), told);
        };
    start(A);
    assertEquals(List.of("t stopped"), told);
  }

  /** The source may not answer for a long time, and the process must end soon. */
  @Test
  void theEndOfEverythingWaitsForAReadForAMomentOnly() {
    source.duringRead =
        () -> {
          splits.stopAll(() -> told.add("all stopped"));
          assertEquals(List.of(), told);
          time.pass(LocalSplits.READS_MAY_TAKE);
          assertEquals(List.of("all stopped"), told);
        };
    start(A);
    assertEquals(List.of("all stopped"), told);
    assertEquals(0, source.openReaders());
  }

  @Test
  void nothingRunsBeforeItIsBegun() {
    add(A);
    time.run();
    assertEquals(0, source.opened());
  }

  @Test
  void aFaultIsPostedBeforeTheTableCountsAsStopped() {
    source.pages("a", DENIED);
    onEvent = this::stopTable;
    start(A);
    assertEquals(List.of("a failed: access denied", "t stopped"), told);
  }

  @Test
  void aFatalFaultEndsTheSync() {
    source.pages("a", KEY);
    start(A);
    assertEquals(List.of("fatal wrong key"), told);
    stopTable();
    assertEquals("t stopped", told.get(1));
  }

  @Test
  void aTableHasStoppedWhenItsLastSplitHas() {
    source.pages("a", Samples.page(Position.after("1"), "x"));
    start(A);
    start(B);
    stopTable();
    time.run();
    assertEquals(List.of(), told, "a write is under way");
    writes.durable();
    time.run();
    assertEquals(List.of("a durable to 1", "t stopped"), told);
    time.pass(Duration.ofMinutes(1));
    assertEquals(0, source.openReaders());
    assertEquals(0, memory.heldBytes());
  }

  @Test
  void aTableThatIsNotThereHasStopped() {
    splits.stop("other", () -> told.add("other stopped"));
    assertEquals(List.of("other stopped"), told);
  }

  @Test
  void aStoppedTableTakesNoSplits() {
    source.pages("a", Samples.page(Position.after("1"), "x"));
    start(A);
    stopTable();
    start(B);
    writes.durable();
    start(B);
    time.run();
    assertEquals(1, source.opened());
  }

  @Test
  void oneSplitIsStoppedAfterItsLastPositionWasPosted() {
    source.pages("a", Samples.page(Position.after("1"), "x"));
    start(A);
    start(B);
    splits.stop("t", "a", () -> told.add("a stopped"));
    assertEquals(List.of(), told);
    writes.durable();
    time.run();
    assertEquals(List.of("a durable to 1", "a stopped"), told);
    time.pass(Duration.ofSeconds(10));
    assertEquals(1, source.openReaders(), "the other one goes on");
  }

  @Test
  void aSplitThatFailsIsNotStopped() {
    source.pages("a", Samples.page(Position.after("1"), "x"));
    start(A);
    splits.stop("t", "a", () -> told.add("a stopped"));
    splits.stop("t", "unknown", () -> told.add("unknown stopped"));
    writes.fail(DENIED);
    assertEquals(List.of("a failed: access denied"), told);
  }

  /** Whoever stops one split may have it back at once. */
  @Test
  void aSplitThatIsStartedAgainIsNotTakenForTheOneThatEnds() {
    source.pages("a", Samples.page(Position.after("1"), "x"));
    start(A);
    splits.stop("t", "a", () -> start(A));
    writes.durable();
    time.run();
    source.pages("a", Samples.page(Position.after("2"), "y"));
    time.pass(Duration.ofSeconds(10));
    stopTable();
    assertEquals(List.of("a durable to 1"), told, "the second run has a write under way");
    writes.durable();
    assertEquals(List.of("a durable to 1", "a durable to 2", "t stopped"), told);
  }

  @Test
  void aFaultMayStartTheSplitAgain() {
    source.pages("a", DENIED, Samples.page(Position.after("1"), "x"));
    onEvent = () -> start(A);
    start(A);
    stopTable();
    assertEquals(List.of("a failed: access denied"), told, "the second run has a write under way");
    writes.durable();
    assertEquals("t stopped", told.get(2));
  }

  @Test
  void everythingStopsAndItIsToldOnce() {
    source.pages("a", Samples.page(Position.after("1"), "x"));
    start(A);
    start(B);
    splits.stopAll(() -> told.add("all stopped"));
    splits.stopAll(() -> told.add("all stopped, second"));
    time.run();
    assertEquals(List.of(), told);
    writes.durable();
    time.run();
    assertEquals(List.of("a durable to 1", "all stopped"), told);
    start(B);
    assertEquals(2, source.opened(), "nothing is begun any more");
  }

  @Test
  void aPausedTableCanStop() {
    registry.limits("t").gate().shut();
    start(A);
    assertEquals(0, source.opened());
    splits.stopAll(() -> told.add("all stopped"));
    time.run();
    assertEquals(List.of("all stopped"), told);
    assertTrue(registry.limits("t").gate().isOpen());
    assertEquals(0, memory.heldBytes());
  }

  @Test
  void deletesAreRealWhenNoTombstoneIsOnItsWay() {
    start(A);
    WriteMode begun = writes.streamMode().begin(A, WriteMode.COPY_IF_ABSENT);
    assertEquals(WriteMode.STREAM_WITH_TOMBSTONES, begun, "as the split was started");
    splits.deleteForReal("t", () -> true, () -> told.add("real"));
    assertEquals(List.of(), told);
    writes.streamMode().end(A, begun);
    assertEquals(List.of("real"), told);
    splits.deleteForReal("other", () -> true, () -> told.add("other real"));
    assertEquals(List.of("real", "other real"), told);
  }

  @Test
  void deletesThatNeedNotBeRealAnyMoreAreNot() {
    start(A);
    splits.deleteForReal("t", () -> false, () -> told.add("real"));
    assertEquals(
        WriteMode.STREAM_WITH_TOMBSTONES, writes.streamMode().begin(A, WriteMode.COPY_IF_ABSENT));
    assertEquals(List.of(), told);
  }

  @Test
  void aSegmentDoesNotChangeTheModeOfTheStream() {
    splits
        .add(
            new Command.StartSplit(
                Samples.segment(0, 1), Position.BEGINNING, WriteMode.COPY_IF_ABSENT))
        .run();
    assertEquals(WriteMode.STREAM, writes.streamMode().begin(A, WriteMode.COPY_IF_ABSENT));
    assertFalse(time.isIdle());
  }
}
