package io.nimoshake.core.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.ChangeFile;
import io.nimoshake.core.model.Split.ExportFile;
import io.nimoshake.core.model.Split.ScanSegment;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.Backfill;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.CheckpointEntry.SplitForgotten;
import io.nimoshake.core.port.CheckpointEntry.Window;
import io.nimoshake.core.port.Source.ChangeExport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is written before a backfill, which files are read, and when the backfill is over. */
class BackfillPlanTest extends BackfillFixture {
  /** A page of another shard becomes durable after the gap was found. */
  @Test
  void whatIsWrittenWhileTheTableStopsIsWrittenBeforeTheBackfill() {
    Instant now = GAP.plus(Duration.ofHours(30));
    TablePlan table = followed(now);
    table.onFault(new Fault.Gap("records have expired", null));
    assertEquals(TableState.STOPPING, table.state());
    table.onDurable(written("live", now.plusMillis(1_300)));
    table.onStopped();
    assertEquals(now.plusSeconds(2), lastBackfill().written());
    assertEquals(GAP.minus(StreamPlan.MARGIN), lastBackfill().from());
  }

  /** The page itself shows that records before it may have expired. */
  @Test
  void whatCameTooLateToCountIsWrittenAllTheSame() {
    Instant now = GAP.plus(Duration.ofHours(30));
    TablePlan table = followed(now);
    table.onDurable(written("slow", now.plusSeconds(600)));
    assertEquals(TableState.STOPPING, table.state());
    table.onStopped();
    assertEquals(now.plusSeconds(601), lastBackfill().written());
  }

  /** The copy may have read what the stream had not brought yet. */
  @Test
  void whatTheCopyHasReadIsWrittenBeforeTheBackfill() {
    Instant copied = GAP.plus(Duration.ofHours(10));
    TablePlan table = plan(true, true);
    table.restore(
        new OfTable("t", Phase.COPIED, Optional.of(GAP), List.of("arn"), 1, true, false),
        List.of(
            new OfSplit(new ScanSegment("t", 0, 1), Position.END, Optional.empty(), copied),
            new OfSplit(shard("live"), Position.after("1"), Optional.of(GAP), GAP)));
    gap(table);
    assertEquals(copied.plus(StreamPlan.MARGIN).plusSeconds(1), lastBackfill().written());
  }

  /** An export may be of a later time than the beginning of the stream. */
  @Test
  void soIsWhatAnExportHasBrought() {
    Instant copied = GAP.plus(Duration.ofHours(10));
    TablePlan table = plan(true, true);
    table.restore(
        new OfTable(
            "t",
            Phase.COPIED,
            Optional.of(GAP),
            List.of("arn"),
            1,
            true,
            false,
            Optional.of("arn:export")),
        List.of(
            new OfSplit(
                new ExportFile("t", "arn:export", 0, 1), Position.END, Optional.empty(), copied),
            new OfSplit(shard("live"), Position.after("1"), Optional.of(GAP), GAP)));
    gap(table);
    assertEquals(copied.plus(StreamPlan.MARGIN).plusSeconds(1), lastBackfill().written());
  }

  /** Its windows have all changes up to its end. The stream brings none of them again. */
  @Test
  void whatAFormerBackfillHasWrittenIsWrittenBeforeTheNextOne() {
    TablePlan table = plan(true, true);
    StreamShard unread =
        new StreamShard(
            "t", "arn", "new", Set.of(), Optional.empty(), GAP.minus(StreamPlan.MARGIN));
    table.restore(entry(), List.of(new OfSplit(unread, Position.BEGINNING, Optional.empty(), GAP)));
    gap(table);
    assertEquals(GAP.plusSeconds(1), lastBackfill().written());
  }

  private void gap(TablePlan table) {
    table.start();
    table.onPrepared(prepared("arn", GAP));
    table.onFault(new Fault.Gap("records have expired", null));
    table.onStopped();
  }

  /** The end of the copy is to be compared with times of the service. */
  @Test
  void theEndOfACopyIsNotBeforeTheTimeOfTheService() {
    TablePlan table = plan(true, true);
    table.start();
    table.onPrepared(prepared("arn", GAP));
    table.onDurable(
        new Event.Durable(
            "t",
            new ScanSegment("t", 0, 1).id(),
            Position.after("k"),
            Optional.empty(),
            GAP.minusSeconds(900)));
    OfSplit saved = (OfSplit) saves().get(saves().size() - 1);
    assertEquals(GAP, saved.updated());
  }

  @Test
  void aWindowIsOverWithItsLastFileAndItsFilesAreForgotten() {
    Instant now = GAP.plus(Duration.ofHours(3));
    TablePlan table = start(entry(), now);
    Command.ExportChanges window = lastExport();
    exported(table, window, 2, now);
    table.onDurable(durable(0, 2, now));
    assertEquals(TableState.BACKFILLING, table.state());
    commands.clear();
    table.onDurable(durable(1, 2, now));
    assertEquals(TableState.FOLLOWING, table.state());
    List<CheckpointEntry> saved = saves();
    assertEquals(new OfSplit(file(1, 2), Position.END, Optional.empty(), now), saved.get(0));
    OfTable end = (OfTable) saved.get(1);
    assertEquals(Phase.COPIED, end.phase());
    assertEquals(Optional.of(window.to()), end.started());
    assertEquals(
        List.of(new SplitForgotten("t", file(0, 2).id()), new SplitForgotten("t", file(1, 2).id())),
        saved.subList(2, 4));
  }

  /** Each open file has a connection and buffers of its own. */
  @Test
  void onlySomeFilesAreReadAtATime() {
    Instant now = GAP.plus(Duration.ofHours(3));
    TablePlan table = start(entry(), now);
    exported(table, lastExport(), 40, now);
    assertEquals(16, count(Command.StartSplit.class));
  }

  @Test
  void anExportOfAnotherWindowChangesNothing() {
    TablePlan table = start(entry(), GAP.plus(Duration.ofHours(3)));
    commands.clear();
    table
        .repair()
        .onChangesExported(
            new Event.ChangesExported(
                "t", GAP, GAP.plusSeconds(900), new ChangeExport("e", 1, GAP)));
    assertEquals(List.of(), commands);
  }

  /** A crash came between the entry of the table and the forgetting of its shards and files. */
  @Test
  void whatDoesNotCountAnyMoreIsForgottenAtTheRestart() {
    StreamShard shard =
        new StreamShard("t", "arn", "s", Set.of(), Optional.empty(), GAP.minusSeconds(300));
    Window window = new Window(GAP, GAP.plusSeconds(3_600)).exported("e", 2);
    TablePlan table = plan(true, true);
    table.restore(
        entry().backfilling(backfill().withWindow(window)),
        List.of(
            new OfSplit(shard, Position.BEGINNING, Optional.empty(), GAP),
            new OfSplit(
                new ChangeFile("t", 1, "former", 0, 2), Position.END, Optional.empty(), GAP),
            new OfSplit(file(1, 2), Position.END, Optional.empty(), GAP)));
    assertEquals(
        List.of(new SplitForgotten("t", "s"), new SplitForgotten("t", file(0, 2).id())), saves());
    table.start();
    commands.clear();
    table.onPrepared(prepared("arn", GAP.plus(Duration.ofHours(2))));
    assertEquals(1, count(Command.StartSplit.class), "one file of two is left");
    assertFalse(table.stream().isPresent(), "no shard is read meanwhile");
  }

  @Test
  void aBackfillThatIsNotWantedAnyMoreIsACopy() {
    TablePlan table = plan(false, true);
    Window lengthened = new Window(GAP.minusSeconds(600), GAP.plusSeconds(300));
    table.restore(entry().backfilling(backfill().withWindow(lengthened)), List.of());
    table.start();
    assertEquals(TableState.STOPPING, table.state());
    table.onStopped();
    assertEquals(TableState.WAITING, table.state());
    assertTrue(table.needsCopy());
  }

  @Test
  void withoutAFallbackItFailsAndSaysWhy() {
    TablePlan table = plan(true, false);
    table.restore(entry().backfilling(backfill()), List.of());
    table.start();
    table.onPrepared(prepared("arn", GAP.plus(Duration.ofHours(30))));
    table.onFault(new Fault.NoBackfill("point-in-time recovery is off", null));
    assertEquals(TableState.FAILED, table.state());
    assertEquals(
        "records have expired; the table cannot be backfilled: point-in-time recovery is off",
        table.failure().orElseThrow().getMessage());
  }

  /** Access denied, for example: nobody gets the export. */
  @Test
  void aRefusalLeavesItToTheFallbackWhetherTheTableIsCopiedAgain() {
    Fault refused = new Fault.TableFailed("access denied", null);
    TablePlan copied = start(entry(), GAP.plus(Duration.ofHours(3)));
    copied.onFault(refused);
    assertEquals(TableState.STOPPING, copied.state());
    copied.onStopped();
    assertTrue(copied.needsCopy());

    TablePlan failed = plan(true, false);
    failed.restore(entry().backfilling(backfill()), List.of());
    failed.start();
    failed.onPrepared(prepared("arn", GAP.plus(Duration.ofHours(3))));
    failed.onFault(refused);
    assertEquals(TableState.FAILED, failed.state());
    assertEquals(
        "records have expired; the table cannot be backfilled: access denied",
        failed.failure().orElseThrow().getMessage());
  }

  /** A copy would not find it either. */
  @Test
  void aTableThatIsGoneIsNotCopiedAgain() {
    TablePlan table = start(entry(), GAP.plus(Duration.ofHours(3)));
    for (int minute = 0; minute < 10; minute++) {
      table
          .missing()
          .onListed(false, Optional.of(GAP.plus(Duration.ofHours(3).plusMinutes(minute))));
      table.onFault(new Fault.TableGone("there is no table t", null));
    }
    assertEquals(TableState.FAILED, table.state());
    assertEquals(
        "records have expired; there is no table t", table.failure().orElseThrow().getMessage());
  }

  /** What was under way when the table failed or was stopped still becomes durable. */
  @Test
  void theLastFileOfATableThatIsOverIsSavedAndNothingElse() {
    Instant now = GAP.plus(Duration.ofHours(3));
    TablePlan failed = start(entry(), now);
    exported(failed, lastExport(), 1, now);
    failed.onFault(new Fault.Fatal("a wrong password"));
    assertEquals(TableState.FAILED, failed.state());
    assertOnlySaved(failed, now);

    TablePlan stopping = start(entry(), now);
    exported(stopping, lastExport(), 1, now);
    stopping.onFault(new Fault.NoBackfill("the file is damaged", null));
    assertEquals(TableState.STOPPING, stopping.state());
    assertOnlySaved(stopping, now);
  }

  private void assertOnlySaved(TablePlan table, Instant now) {
    TableState before = table.state();
    commands.clear();
    table.onDurable(durable(0, 1, now));
    assertEquals(before, table.state());
    assertEquals(List.of(new OfSplit(file(0, 1), Position.END, Optional.empty(), now)), saves());
    assertEquals(1, commands.size());
  }

  /** A table that is followed: one shard is read up to this time, of another one nothing is. */
  private TablePlan followed(Instant now) {
    TablePlan table = plan(true, true);
    table.restore(
        entry(),
        List.of(
            new OfSplit(shard("live"), Position.after("1"), Optional.of(now), now),
            new OfSplit(shard("slow"), Position.BEGINNING, Optional.empty(), now)));
    table.start();
    table.onPrepared(prepared("arn", GAP));
    assertEquals(TableState.FOLLOWING, table.state());
    assertEquals(2, count(Command.StartSplit.class));
    return table;
  }

  private Backfill lastBackfill() {
    return saves().stream()
        .filter(OfTable.class::isInstance)
        .flatMap(entry -> ((OfTable) entry).backfill().stream())
        .reduce((first, second) -> second)
        .orElseThrow();
  }
}
