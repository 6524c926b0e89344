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
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.core.port.Target.Existing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which windows are exported, which files are read, and when the backfill is over. */
class BackfillPlanTest {
  private static final Instant GAP = Instant.parse("2026-01-01T00:00:00Z");

  private final List<Command> commands = new ArrayList<>();

  @Test
  void aGapOfThreeDaysIsWindowsOfADayAndARest() {
    TablePlan table = start(entry(), GAP.plus(Duration.ofHours(75)));
    List<Command.ExportChanges> asked = new ArrayList<>();
    while (table.state() == TableState.BACKFILLING) {
      Command.ExportChanges window = lastExport();
      asked.add(window);
      exported(table, window, 0, GAP.plus(Duration.ofHours(75)));
    }
    assertEquals(
        List.of(24L, 24L, 24L, 3L),
        asked.stream().map(w -> Duration.between(w.from(), w.to()).toHours()).toList());
    assertEquals(GAP, asked.get(0).from());
    for (int i = 1; i < asked.size(); i++) {
      assertEquals(asked.get(i - 1).to(), asked.get(i).from());
    }
    assertEquals(TableState.FOLLOWING, table.state());
  }

  /** The service makes no shorter one, and may not know what was before the gap. */
  @Test
  void aWindowIsNeverShorterThan15Minutes() {
    start(entry(), GAP.plusSeconds(60));
    assertEquals(Duration.ofMinutes(15), Duration.between(lastExport().from(), lastExport().to()));
    assertEquals(GAP, lastExport().from());
  }

  /**
   * The stream has brought an item that a window would not tell of, as it was deleted in the same
   * window.
   */
  @Test
  void aWindowEndsWhereTheStreamWasWrittenTo() {
    Duration all = Duration.ofHours(75);
    assertEquals(List.of(0, 60, 1500, 2940), windows(Duration.ofHours(1), all).subList(0, 4));
    assertEquals(
        List.of(0, 1440, 1800, 3240, 4501),
        windows(Duration.ofHours(30), all),
        "one shard was far behind the others");
    assertEquals(List.of(0, 1440, 2880, 3000, 4440, 4501), windows(Duration.ofHours(50), all));
    assertEquals(List.of(0, 1440, 2880), windows(Duration.ofHours(48), all).subList(0, 3));
  }

  /** An item that one window has brought may be deleted in what the next one would repeat. */
  @Test
  void noWindowRepeatsAnotherOneToBeLongEnough() {
    assertEquals(
        List.of(0, 1430, 1445, 1501), windows(Duration.ofMinutes(1445), Duration.ofHours(25)));
    assertEquals(
        List.of(0, 1440, 1455, 1501), windows(Duration.ofMinutes(1455), Duration.ofHours(25)));
  }

  @Test
  void theFirstWindowIsLengthenedIntoThePastIfThatCanBeExported() {
    Instant now = GAP.plus(Duration.ofHours(3));
    Instant written = GAP.plusSeconds(360);
    TablePlan table = start(written, now);
    assertEquals(written.minusSeconds(900), lastExport().from());
    assertEquals(written, lastExport().to());
    table.onFault(new Fault.NoBackfill("that is too early", null));
    assertEquals(TableState.BACKFILLING, table.state());
    assertEquals(GAP, lastExport().from());
    assertEquals(GAP.plusSeconds(900), lastExport().to());
    table.onFault(new Fault.NoBackfill("that is too early", null));
    assertEquals(TableState.STOPPING, table.state());
  }

  @Test
  void eachWindowUpToThereIsNamedWithWhatMayBeLeft() {
    Instant now = GAP.plus(Duration.ofHours(75));
    TablePlan table = start(GAP.plus(Duration.ofHours(30)), now);
    while (table.state() == TableState.BACKFILLING) {
      exported(table, lastExport(), 0, now);
    }
    List<String> told =
        commands.stream()
            .filter(Command.Tell.class::isInstance)
            .map(command -> ((Command.Tell) command).message())
            .filter(message -> message.contains("inserted and deleted"))
            .toList();
    assertEquals(2, told.size());
    assertTrue(told.get(0).contains(GAP + " to " + GAP.plus(Duration.ofHours(24))), told.get(0));
    assertTrue(
        told.get(1)
            .contains(GAP.plus(Duration.ofHours(24)) + " to " + GAP.plus(Duration.ofHours(30))),
        told.get(1));
  }

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

  /** Only how much time passes there counts. */
  @Test
  void theClockOfTheHostMayBeWrong() {
    Instant now = GAP.plus(Duration.ofHours(3));
    Instant host = now.plus(Duration.ofDays(2));
    TablePlan table = start(entry(), now);
    Command.ExportChanges window = lastExport();
    table.onTick(host);
    exported(table, window, 1, now);
    table.onTick(host.plusSeconds(60));
    table.onDurable(durable(0, 1, host));
    assertEquals(TableState.FOLLOWING, table.state());

    TablePlan slow = start(entry(), now);
    exported(slow, lastExport(), 1, now);
    slow.onTick(host);
    slow.onTick(host.plus(BackfillPlan.YOUNG).plusSeconds(2));
    slow.onDurable(durable(0, 1, host));
    assertEquals(TableState.BACKFILLING, slow.state(), "the window is not young any more");

    TablePlan asleep = start(entry(), now);
    asleep.onTick(host);
    Instant later = now.plus(Duration.ofHours(19));
    exported(asleep, lastExport(), 1, later);
    asleep.onTick(host.plus(Duration.ofHours(19)));
    asleep.onDurable(durable(0, 1, host));
    assertEquals(later.plusSeconds(1), lastExport().to(), "the hours do not count twice");
  }

  /** It is set a year ahead by mistake. The next answer of the service puts that right. */
  @Test
  void aClockOfTheHostThatLeapsHoldsNothingUp() {
    Instant now = GAP.plus(Duration.ofHours(3));
    TablePlan table = start(entry(), now);
    table.onTick(now);
    table.onTick(now.plus(Duration.ofDays(365)));
    assertTrue(table.repair().backfill().orElseThrow().view().windows() < 4);
    exported(table, lastExport(), 1, now.plusSeconds(60));
    table.onDurable(durable(0, 1, now));
    assertEquals(TableState.FOLLOWING, table.state());
  }

  /** No later answer changes a window that is stored. */
  @Test
  void aClockOfTheHostThatLeapsPutsNoWindowIntoTheFuture() {
    Instant now = GAP.plus(Duration.ofHours(30));
    TablePlan table = start(entry(), now);
    exported(table, lastExport(), 1, now);
    table.onTick(now);
    table.onTick(now.plus(Duration.ofDays(365)));
    table.onDurable(durable(0, 1, now));
    assertEquals(now.plusSeconds(1), lastExport().to());
  }

  /** While an export takes a day, the stream forgets what was changed meanwhile. */
  @Test
  void anotherWindowFollowsOneThatTookTooLong() {
    Instant now = GAP.plus(Duration.ofHours(20));
    TablePlan table = start(entry(), now);
    Command.ExportChanges first = lastExport();
    exported(table, first, 0, now.plus(BackfillPlan.YOUNG).plusSeconds(2));
    assertEquals(TableState.BACKFILLING, table.state());
    assertEquals(first.to(), lastExport().from());
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

  // --- how it is set up ------------------------------------------------------------------------

  private static OfTable entry() {
    return new OfTable("t", Phase.COPIED, Optional.of(GAP), List.of("arn"), 0, true, false);
  }

  private static Backfill backfill() {
    return new Backfill("records have expired", GAP, GAP, GAP, GAP, 0, Optional.empty());
  }

  private static Event.TablePrepared prepared(String arn, Instant now) {
    return new Event.TablePrepared("t", 1, true, Optional.of(new StreamHandle(arn, true, now)));
  }

  private TablePlan plan(boolean backfills, boolean resyncs) {
    return new TablePlan(
        "t",
        new PlanOptions(
            true,
            true,
            true,
            true,
            Existing.DROP,
            false,
            1,
            backfills,
            resyncs,
            true,
            Duration.ofMinutes(2)),
        commands::add);
  }

  /** A table whose backfill begins at this time. */
  private TablePlan start(OfTable entry, Instant now) {
    return start(entry, backfill(), now);
  }

  /** The same where the target was written up to a moment. */
  private TablePlan start(Instant written, Instant now) {
    return start(entry(), backfill().withWritten(written), now);
  }

  /** Where the windows begin, and the last one ends, in minutes, rounded up. */
  private List<Integer> windows(Duration written, Duration now) {
    TablePlan table = start(GAP.plus(written), GAP.plus(now));
    List<Instant> ends = new ArrayList<>(List.of(lastExport().from()));
    while (table.state() == TableState.BACKFILLING) {
      assertEquals(ends.get(ends.size() - 1), lastExport().from());
      ends.add(lastExport().to());
      exported(table, lastExport(), 0, GAP.plus(now));
    }
    return ends.stream()
        .map(end -> (int) (Duration.between(GAP, end).toSeconds() + 59) / 60)
        .toList();
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

  private static StreamShard shard(String id) {
    return new StreamShard("t", "arn", id, Set.of(), Optional.empty(), GAP);
  }

  private static Event.Durable written(String shard, Instant record) {
    return new Event.Durable(
        "t", shard(shard).id(), Position.after("2"), Optional.of(record), record);
  }

  private Backfill lastBackfill() {
    return saves().stream()
        .filter(OfTable.class::isInstance)
        .flatMap(entry -> ((OfTable) entry).backfill().stream())
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  private TablePlan start(OfTable entry, Backfill backfill, Instant now) {
    TablePlan table = plan(true, true);
    table.restore(entry.backfilling(backfill), List.of());
    table.start();
    table.onPrepared(prepared("arn", now));
    return table;
  }

  private static void exported(
      TablePlan table, Command.ExportChanges window, int files, Instant at) {
    table
        .repair()
        .onChangesExported(
            new Event.ChangesExported(
                "t", window.from(), window.to(), new ChangeExport("e", files, at)));
  }

  private static ChangeFile file(int index, int total) {
    return new ChangeFile("t", 1, "e", index, total);
  }

  private static Event.Durable durable(int index, int total, Instant at) {
    return new Event.Durable("t", file(index, total).id(), Position.END, Optional.empty(), at);
  }

  private Command.ExportChanges lastExport() {
    return commands.stream()
        .filter(Command.ExportChanges.class::isInstance)
        .map(Command.ExportChanges.class::cast)
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  private List<CheckpointEntry> saves() {
    return commands.stream()
        .filter(Command.Save.class::isInstance)
        .map(command -> ((Command.Save) command).entry())
        .toList();
  }

  private long count(Class<? extends Command> kind) {
    return commands.stream().filter(kind::isInstance).count();
  }
}
