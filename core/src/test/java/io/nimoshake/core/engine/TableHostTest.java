package io.nimoshake.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.core.FakeSource;
import io.nimoshake.core.FakeTarget;
import io.nimoshake.core.ManualScheduler;
import io.nimoshake.core.MemoryCheckpointStore;
import io.nimoshake.core.Samples;
import io.nimoshake.core.checkpoint.CheckpointWriter;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.SyncStats;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.plan.Event;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.WriteMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TableHostTest {
  private static final Event FINISHED = new Event.TableFinished("t");
  private static final Event STOPPED = new Event.TableStopped("t");

  private final ManualScheduler time = new ManualScheduler();
  private final FakeTarget target = new FakeTarget();
  private final MemoryCheckpointStore store = new MemoryCheckpointStore();
  private final FakeSplits splits = new FakeSplits();
  private final List<Event> events = new ArrayList<>();
  private final List<TableHost> removed = new ArrayList<>();
  private final CheckpointWriter checkpoints =
      new CheckpointWriter(
          store,
          () -> 1,
          time,
          Duration.ofSeconds(1),
          RetryPolicy.DEFAULT,
          new SyncStats(),
          fault -> {
            throw new AssertionError(fault);
          });
  private final TableHost table =
      new TableHost(
          Samples.table("t"),
          splits,
          new TableWork(
              Options.of(SyncOptions.Mode.ALL),
              new FakeSource(),
              target,
              time,
              new ServiceClock(time),
              new TableRegistry(name -> TableLimits.none()),
              () -> false,
              events::add,
              fault -> {}),
          checkpoints,
          events::add,
          removed::add);

  private void start(Split split) {
    table.startSplit(new Command.StartSplit(split, Position.BEGINNING, WriteMode.COPY_IF_ABSENT));
  }

  private void finish() {
    table.finish(new Command.FinishTable("t", true));
  }

  private void splitsStop() {
    splits.stopping.remove("t").run();
  }

  @Test
  void nothingIsWrittenBeforeTheStoreKnowsOfTheTable() {
    store.down = Optional.of(new Fault.Transient("down", null));
    checkpoints.add(new CheckpointEntry.OfSync(false), true);
    start(Samples.segment(0, 2));
    time.pass(Duration.ofSeconds(10));
    assertEquals(List.of("add segment-0-of-2"), splits.asked);
    store.down = Optional.empty();
    time.pass(Duration.ofSeconds(10));
    assertEquals(List.of("add segment-0-of-2", "begin segment-0-of-2"), splits.asked);
  }

  @Test
  void laterSplitsDoNotWaitForTheStore() {
    start(Samples.segment(0, 2));
    store.down = Optional.of(new Fault.Transient("down", null));
    checkpoints.add(new CheckpointEntry.OfSync(false), true);
    start(Samples.segment(1, 2));
    assertEquals("begin segment-1-of-2", splits.asked.get(splits.asked.size() - 1));
  }

  @Test
  void aFinishIsToldWhenItIsOver() {
    finish();
    assertEquals(List.of(), events);
    time.run();
    assertEquals(List.of("purgeTombstones t", "finish t"), target.script.calls());
    assertEquals(List.of(FINISHED), events);
  }

  @Test
  void aStopIsToldWhenTheSplitsHaveStopped() {
    table.stop();
    assertEquals(List.of("stop t"), splits.asked);
    assertEquals(List.of(), events);
    splitsStop();
    assertEquals(List.of(STOPPED), events);
    assertEquals(List.of(table), removed);
  }

  @Test
  void aStopWaitsForTheFinishThatOutlastsTheSplits() {
    target.script.fail("finish", new Fault.Transient("down", null));
    finish();
    time.run();
    table.stop();
    splitsStop();
    assertEquals(List.of(), events, "a finish is under way");
    time.pass(Duration.ofSeconds(1));
    assertEquals(List.of(STOPPED), events);
    assertEquals(List.of(table), removed);
  }

  @Test
  void aFinishThatFailsAfterTheSplitsHaveStoppedEndsTheStop() {
    Fault denied = failDuring("finish", this::splitsStop);
    assertEquals(List.of(new Event.TableFault("t", denied), STOPPED), events);
    assertEquals(List.of(table), removed);
  }

  @Test
  void aFinishThatFailsBeforeTheSplitsHaveStoppedEndsWithThem() {
    Fault denied = failDuring("purgeTombstones", () -> {});
    assertEquals(List.of(new Event.TableFault("t", denied)), events);
    splitsStop();
    assertEquals(List.of(new Event.TableFault("t", denied), STOPPED), events);
  }

  @Test
  void aTableWhoseFinishFailedIsNotFinishedAndCanBeStopped() {
    Fault denied = new Fault.TableFailed("access denied", null);
    target.script.fail("finish", denied);
    finish();
    time.run();
    assertEquals(List.of(new Event.TableFault("t", denied)), events);
    table.stop();
    splitsStop();
    assertEquals(List.of(new Event.TableFault("t", denied), STOPPED), events);
  }

  /** The table is asked to stop while a call of its finish is under way, which then fails. */
  private Fault failDuring(String call, Runnable afterStop) {
    Fault denied = new Fault.TableFailed("access denied", null);
    target.script.during(
        call,
        () -> {
          table.stop();
          afterStop.run();
        });
    target.script.fail(call, denied);
    finish();
    time.run();
    return denied;
  }

  @Test
  void aStopWaitsForTheSplitsThatOutlastTheFinish() {
    finish();
    table.stop();
    time.run();
    assertEquals(List.of(), events);
    splitsStop();
    assertEquals(List.of(STOPPED), events);
  }

  @Test
  void aFinishWhoseTurnComesAfterTheStopDoesNothing() {
    finish();
    table.stop();
    time.run();
    assertEquals(List.of(), target.script.calls());
  }

  @Test
  void aTableThatStopsIsNotFinishedAnyMore() {
    table.stop();
    finish();
    time.run();
    assertEquals(List.of(), target.script.calls());
    splitsStop();
    finish();
    time.run();
    assertEquals(List.of(STOPPED), events);
    assertEquals(List.of(), target.script.calls());
  }

  @Test
  void askedTwiceToStopItTellsOnce() {
    table.stop();
    table.stop();
    assertEquals(List.of("stop t"), splits.asked);
    splitsStop();
    table.stop();
    assertEquals(List.of(STOPPED), events);
    assertEquals(List.of("stop t"), splits.asked);
  }

  @Test
  void aTableMayBeFinishedAgain() {
    finish();
    time.run();
    finish();
    time.run();
    assertEquals(List.of(FINISHED, FINISHED), events);
  }
}
