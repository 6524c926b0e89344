package io.nimoshake.core.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.ExportFile;
import io.nimoshake.core.model.Split.ScanSegment;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.CheckpointEntry.SplitForgotten;
import io.nimoshake.core.port.CheckpointEntry.TableForgotten;
import io.nimoshake.core.port.Source.Export;
import io.nimoshake.core.port.Source.ShardInfo;
import io.nimoshake.core.port.Source.ShardListing;
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.core.port.WriteMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a table makes of events that come late, twice or in the wrong state. */
class TablePlanTest {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
  private static final Fault.Gap GAP = new Fault.Gap("records have expired", null);

  private final List<Command> commands = new ArrayList<>();
  private final TablePlan table = new TablePlan("t", options(true, false), commands::add);

  @Test
  void anAnswerThatNobodyWaitsForChangesNothing() {
    table.copy().end().onFinished();
    table.onSwapped();
    table.onStopped();
    table.copy().end().onDeletesAreReal();
    table.onPrepared(prepared(true));
    assertEquals(TableState.WAITING, table.state());
    assertEquals(List.of(), commands);
  }

  @Test
  void itIsPreparedOnce() {
    copying(true);
    commands.clear();
    table.onPrepared(prepared(true));
    assertEquals(List.of(), commands);
    assertEquals(TableState.COPYING, table.state());
  }

  /** Else the next run, which may know less, could copy an item again that was deleted. */
  @Test
  void shardsThatStartBeforeDeletesAreRealLeaveTombstones() {
    copying(true);
    listed(shard("a"));
    endOfSegment();
    assertEquals(TableState.FINISHING, table.state());
    listed(shard("a"), shard("b"));
    table.copy().end().onDeletesAreReal();
    listed(shard("a"), shard("b"), shard("c"));
    assertEquals(
        List.of("a STREAM_WITH_TOMBSTONES", "b STREAM_WITH_TOMBSTONES", "c STREAM"),
        commands.stream()
            .filter(Command.StartSplit.class::isInstance)
            .map(Command.StartSplit.class::cast)
            .filter(start -> start.split() instanceof StreamShard)
            .map(start -> ((StreamShard) start.split()).shardId() + " " + start.mode())
            .toList());
  }

  /** In that run, changes were applied while the copy ran. Now the stream waits for the copy. */
  @Test
  void tombstonesOfAnEarlierRunAreRemovedWhenTheCheckpointTellsOfTheEnd() {
    StreamShard a = new StreamShard("t", "arn", "a", Set.of(), Optional.empty(), T0);
    List<Command> given = new ArrayList<>();
    TablePlan waiting = new TablePlan("t", GivenOptions.streamAfterCopy(), given::add);
    waiting.restore(
        entry(Phase.COPYING, 1, false),
        List.of(new OfSplit(a, Position.after("1"), Optional.of(T0), T0)));
    waiting.start();
    waiting.onPrepared(prepared(true));
    String id = new ScanSegment("t", 0, 1).id();
    waiting.onDurable(new Event.Durable("t", id, Position.END, Optional.empty(), T0));
    assertTrue(given.contains(new Command.DeleteForReal("t")), given.toString());
    Command follows = new Command.StartSplit(a, Position.after("1"), WriteMode.STREAM);
    assertFalse(given.contains(follows), given.toString());
    waiting.copy().end().onDeletesAreReal();
    assertTrue(given.contains(follows), given.toString());
  }

  /** The stream has what changed after the export, however long before the start that was. */
  @Test
  void aCopyFromAnExportBeginsAtTheTimeOfTheExport() {
    Instant exported = T0.minusSeconds(3_600);
    table.start();
    table.onPrepared(
        new Event.TablePrepared(
            "t",
            1,
            true,
            Optional.of(new StreamHandle("arn", true, T0)),
            Optional.of(new Export.Ready("dir", 2, exported))));
    assertEquals(
        List.of(
            new OfTable(
                "t",
                Phase.COPYING,
                Optional.of(exported),
                List.of("arn"),
                2,
                true,
                false,
                Optional.of("dir"))),
        saves());
    assertTrue(
        commands.contains(
            new Command.StartSplit(
                new ExportFile("t", "dir", 1, 2), Position.BEGINNING, WriteMode.COPY_IF_ABSENT)));
  }

  /**
   * The process died while a save was stored that told of the files before it told of the table.
   */
  @Test
  void aFileOfWhichTheTableKnowsNothingIsForgotten() {
    OfTable requested =
        new OfTable(
            "t",
            Phase.COPYING,
            Optional.of(T0),
            List.of("arn"),
            0,
            true,
            false,
            Optional.of("wish"));
    ExportFile file = new ExportFile("t", "dir", 0, 2);
    table.restore(requested, List.of(new OfSplit(file, Position.END, Optional.empty(), T0)));
    assertEquals(List.of(new SplitForgotten("t", file.id())), saves());
    table.start();
    assertEquals(Existing.RESUME, lastPrepare().existing());
  }

  @Test
  void aFailedTableStaysFailedForItsFirstReason() {
    copying(true);
    Fault first = new Fault.TableFailed("access denied", null);
    table.onFault(first);
    table.onFault(new Fault.TableFailed("something else", null));
    table.onFault(GAP);
    assertEquals(TableState.FAILED, table.state());
    assertEquals(Optional.of(first), table.failure());
    assertEquals(1, count(Command.StopTable.class));
    assertEquals(1, count(Command.GiveUp.class));
  }

  /** Every shard of a stream may find the same gap. */
  @Test
  void severalGapsAreOneCopy() {
    copying(true);
    table.onFault(GAP);
    table.onFault(GAP);
    assertEquals(TableState.STOPPING, table.state());
    assertEquals(1, count(Command.StopTable.class));
    table.onStopped();
    table.onStopped();
    assertEquals(TableState.WAITING, table.state());
    assertEquals(1, saves().stream().filter(e -> e.equals(toBeginAnew())).count());
  }

  /** A new copy cannot take the place of a collection in which others have documents. */
  @Test
  void aGapFailsATableThatCannotBeSwapped() {
    copying(false);
    table.onFault(GAP);
    assertEquals(TableState.FAILED, table.state());
    String message = table.failure().orElseThrow().getMessage();
    assertTrue(
        message.startsWith(
            "records have expired; the table cannot be copied again, because its collection held"
                + " documents before nimo-shake wrote to it: set another id to copy it into another"
                + " database"),
        message);
    assertTrue(message.contains("; changes made from"), message);
  }

  @Test
  void aFaultThatFailsATableDoesSoInEveryState() {
    table.start();
    table.onFault(new Fault.TableFailed("access denied", null));
    assertEquals(TableState.FAILED, table.state());
  }

  @Test
  void aCopyTakesItsPlaceUntilItIsComplete() {
    assertTrue(table.needsCopy());
    assertFalse(table.takesCopyPlace(), "waiting takes none");
    copying(true);
    assertTrue(table.takesCopyPlace());
    endOfSegment();
    assertEquals(TableState.FINISHING, table.state());
    assertTrue(table.takesCopyPlace());
    table.copy().end().onFinished();
    assertEquals(TableState.FOLLOWING, table.state());
    assertFalse(table.takesCopyPlace());
    assertTrue(table.isPastCopy());
  }

  @Test
  void aCopiedTableNeedsNoPlaceAfterARestart() {
    table.restore(entry(Phase.COPIED, 1, false), List.of());
    assertFalse(table.needsCopy());
    table.start();
    assertFalse(table.takesCopyPlace());
  }

  /** Its changes since then are nowhere. */
  @Test
  void theCheckpointOfACopyWithoutAStreamCannotBeFollowed() {
    OfTable full = new OfTable("t", Phase.COPYING, Optional.empty(), List.of(), 2, true, false);
    table.restore(full, List.of());
    assertEquals(List.of(new TableForgotten("t")), saves());
    assertEquals(1, count(Command.Tell.class));
    table.start();
    assertEquals(Existing.DROP, lastPrepare().existing());
  }

  @Test
  void aCheckpointThatSaysCopyAgainIsObeyed() {
    ScanSegment old = new ScanSegment("t", 0, 1);
    table.restore(toBeginAnew(), List.of(new OfSplit(old, Position.END, Optional.empty(), T0)));
    table.start();
    assertEquals(Existing.BESIDE, lastPrepare().existing());
    table.onPrepared(prepared(true));
    assertEquals(
        List.of(new SplitForgotten("t", old.id()), entry(Phase.COPYING, 1, true)), saves());
  }

  @Test
  void whereNothingIsToBeCopiedTheIndexesAreBuilt() {
    List<Command> given = new ArrayList<>();
    TablePlan empty = new TablePlan("t", options(true, true), given::add);
    empty.start();
    empty.onPrepared(prepared(true));
    assertEquals(TableState.FINISHING, empty.state());
    assertTrue(given.contains(new Command.FinishTable("t", false)), given.toString());
    empty.copy().end().onFinished();
    assertEquals(TableState.DONE, empty.state());
  }

  @Test
  void theCopyReplacesWhereOthersHaveDocuments() {
    copying(false);
    assertEquals(WriteMode.COPY_REPLACE, startedSegment().mode());
  }

  // --- a host that does nothing by itself ------------------------------------------------------

  private void copying(boolean fresh) {
    table.start();
    table.onPrepared(prepared(fresh));
    assertEquals(TableState.COPYING, table.state());
  }

  private static ShardInfo shard(String id) {
    return new ShardInfo(id, Set.of(), Optional.empty());
  }

  private void listed(ShardInfo... shards) {
    table.stream()
        .orElseThrow()
        .onShardsListed(
            new Event.ShardsListed("t", "arn", new ShardListing(List.of(shards), true, true, T0)));
  }

  private void endOfSegment() {
    String id = new ScanSegment("t", 0, 1).id();
    table.onDurable(new Event.Durable("t", id, Position.END, Optional.empty(), T0));
  }

  private static Event.TablePrepared prepared(boolean fresh) {
    return new Event.TablePrepared("t", 1, fresh, Optional.of(new StreamHandle("arn", true, T0)));
  }

  private static OfTable entry(Phase phase, int segments, boolean beside) {
    return new OfTable("t", phase, Optional.of(T0), List.of("arn"), segments, true, beside);
  }

  private static OfTable toBeginAnew() {
    return entry(Phase.COPYING, 0, true);
  }

  private List<Object> saves() {
    List<Object> entries = new ArrayList<>();
    for (Command command : commands) {
      if (command instanceof Command.Save save) {
        entries.add(save.entry());
      }
    }
    return entries;
  }

  private long count(Class<? extends Command> kind) {
    return commands.stream().filter(kind::isInstance).count();
  }

  private Command.PrepareTable lastPrepare() {
    return (Command.PrepareTable) commands.get(commands.size() - 1);
  }

  private Command.StartSplit startedSegment() {
    return commands.stream()
        .filter(Command.StartSplit.class::isInstance)
        .map(Command.StartSplit.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static PlanOptions options(boolean stream, boolean schemaOnly) {
    return new PlanOptions(
        true,
        stream,
        true,
        true,
        Existing.DROP,
        schemaOnly,
        1,
        false,
        true,
        true,
        Duration.ofMinutes(2));
  }
}
