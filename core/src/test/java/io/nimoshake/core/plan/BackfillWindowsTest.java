package io.nimoshake.core.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which windows are exported, wherever the gap is and whatever the clock of the host says. */
class BackfillWindowsTest extends BackfillFixture {
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

  /** Only how much time passes there counts. */
  @Test
  void theClockOfTheHostMayBeWrong() {
    Instant now = GAP.plus(Duration.ofHours(3));
    Instant host = now.plus(Duration.ofDays(2));
    TablePlan table = start(entry(), now);
    Command.ExportChanges window = lastExport();
    table.onTick(new Event.Tick(host));
    exported(table, window, 1, now);
    table.onTick(new Event.Tick(host.plusSeconds(60)));
    table.onDurable(durable(0, 1, host));
    assertEquals(TableState.FOLLOWING, table.state());

    TablePlan slow = start(entry(), now);
    exported(slow, lastExport(), 1, now);
    slow.onTick(new Event.Tick(host));
    slow.onTick(new Event.Tick(host.plus(BackfillPlan.YOUNG).plusSeconds(2)));
    slow.onDurable(durable(0, 1, host));
    assertEquals(TableState.BACKFILLING, slow.state(), "the window is not young any more");

    TablePlan asleep = start(entry(), now);
    asleep.onTick(new Event.Tick(host));
    Instant later = now.plus(Duration.ofHours(19));
    exported(asleep, lastExport(), 1, later);
    asleep.onTick(new Event.Tick(host.plus(Duration.ofHours(19))));
    asleep.onDurable(durable(0, 1, host));
    assertEquals(later.plusSeconds(1), lastExport().to(), "the hours do not count twice");
  }

  /** It is set a year ahead by mistake. The next answer of the service puts that right. */
  @Test
  void aClockOfTheHostThatLeapsHoldsNothingUp() {
    Instant now = GAP.plus(Duration.ofHours(3));
    TablePlan table = start(entry(), now);
    table.onTick(new Event.Tick(now));
    table.onTick(new Event.Tick(now.plus(Duration.ofDays(365))));
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
    table.onTick(new Event.Tick(now));
    table.onTick(new Event.Tick(now.plus(Duration.ofDays(365))));
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
}
