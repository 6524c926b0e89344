package io.nimoshake.app.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.plan.PlanView.Backfill;
import io.nimoshake.core.plan.TableState;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rates, fractions, and what a terminal and a pipe are shown. */
class ProgressTest {
  private static final long SECOND = 1_000_000_000;

  private final TableStats stats = new TableStats();
  private final Rates rates = new Rates();

  @Test
  void ratesAreTheMeanOfTenSecondsAndTellTheTimeLeft() {
    SyncView view = GivenTable.sync(copying(0, 4).items(1_000).view());
    rates.sample(view, 0);
    assertEquals(0, numbers(view).totals().rate().total());
    assertEquals(OptionalLong.empty(), numbers(view).tables().get(0).secondsLeft());
    for (int second = 1; second <= 60; second++) {
      stats.copy.written.add(10);
      rates.sample(view, second * SECOND);
    }
    assertEquals(10, numbers(view).tables().get(0).rate().copy(), 0.001);
    assertEquals(
        OptionalLong.of(40),
        numbers(view).tables().get(0).secondsLeft(),
        "400 items at 10 a second");
    assertEquals(OptionalLong.of(40), numbers(view).totals().secondsLeft());
    rates.sample(view, 60 * SECOND + 1);
    assertEquals(10, numbers(view).totals().rate().copy(), 0.001, "too soon for another");
    for (int second = 61; second <= 65; second++) {
      rates.sample(view, second * SECOND);
    }
    assertEquals(5, numbers(view).totals().rate().copy(), 0.001, "half of the ten seconds");
    for (int second = 66; second <= 70; second++) {
      rates.sample(view, second * SECOND);
    }
    assertEquals(0, numbers(view).totals().rate().copy(), "stands still");
    assertEquals(OptionalLong.empty(), numbers(view).totals().secondsLeft());
  }

  @Test
  void aCopyIsAsFarAsItsItemsOrItsSegments() {
    stats.copy.written.add(100);
    assertEquals(0.1, fraction(copying(0, 4).items(1_000).view()));
    assertEquals(0.5, fraction(copying(2, 4).items(1_000).view()), "after a restart");
    assertEquals(0.75, fraction(copying(3, 4).view()), "of unknown size");
    assertEquals(0.99, fraction(copying(0, 4).items(50).view()), "never done too soon");
    assertEquals(0, fraction(table(TableState.PREPARING).items(50).view()));
    assertEquals(0.5, fraction(table(TableState.WAITING).segments(2, 4).view()), "resumes");
    assertEquals(0, fraction(table(TableState.STOPPING).segments(2, 4).view()), "anew");
    assertEquals(1, fraction(table(TableState.FOLLOWING).segments(4, 4).items(50).view()));
    assertEquals(0.5, fraction(table(TableState.FAILED).segments(2, 4).view()));
    assertEquals(1, fraction(table(TableState.FAILED).segments(4, 4).view()), "failed later");
  }

  /** The counter of copied items goes on, although the copy begins anew. */
  @ParameterizedTest
  @EnumSource(names = {"STOPPING", "PREPARING", "COPYING"})
  void theNextCopyBeginsAtNothing(TableState seenFirst) {
    stats.copy.written.add(100);
    stats.stream.written.add(7);
    numbers(GivenTable.sync(copying(0, 4).items(1_000).view()));
    stats.copy.written.add(900);
    numbers(GivenTable.sync(table(TableState.FOLLOWING).segments(4, 4).items(1_000).view()));
    numbers(GivenTable.sync(table(seenFirst).items(1_000).view()));

    SyncView again = GivenTable.sync(copying(0, 4).items(1_000).view());
    rates.sample(again, 0);
    assertEquals(0, numbers(again).tables().get(0).progress());
    assertEquals(0, numbers(again).totals().progress());
    stats.copy.written.add(200);
    rates.sample(again, 10 * SECOND);
    TableNumbers table = numbers(again).tables().get(0);
    assertEquals(0.2, table.progress());
    assertEquals(1_200, table.copied(), "a counter");
    assertEquals(OptionalLong.of(40), table.secondsLeft(), "800 items at 20 a second");
    assertEquals(0.2, numbers(again).totals().progress());
    assertEquals(OptionalLong.of(40), numbers(again).totals().secondsLeft());
    assertEquals("copying about 1,000 items in 4 segments", ProgressText.state(table));
  }

  /** Its collection stays in service. */
  @Test
  void aBackfillBeginsNoCopy() {
    stats.copy.written.add(1_000);
    GivenTable stopping =
        table(TableState.STOPPING)
            .backfill(new Backfill("expired", Instant.EPOCH, Instant.EPOCH, 1, 3, true, 12, 40));
    numbers(GivenTable.sync(copying(0, 4).view()));
    TableNumbers stopped = numbers(GivenTable.sync(stopping.view())).tables().get(0);
    assertEquals(1_000, stopped.ofThisCopy());
  }

  @Test
  void totalsWeighTablesByTheirItemsAndAreSumsOfTheirNumbers() {
    SyncNumbers numbers =
        numbers(
            GivenTable.sync(
                GivenTable.of("big", TableState.COPYING).items(900).written(90, 1).view(),
                GivenTable.of("small", TableState.FOLLOWING).items(100).written(100, 2).view()));
    assertEquals(0.19, numbers.totals().progress(), 1e-9);
    assertEquals(190, numbers.totals().copied());
    assertEquals(3, numbers.totals().changes());
    assertEquals(
        Map.of(ShownState.COPYING, 1L, ShownState.FOLLOWING, 1L), numbers.totals().states());
    assertFalse(numbers.totals().isCopied());
    numbers =
        numbers(
            GivenTable.sync(
                GivenTable.of("full", TableState.FOLLOWING).items(900).written(900, 0).view(),
                GivenTable.of("new", TableState.COPYING).view()));
    assertEquals(0.99, numbers.totals().progress(), "one of unknown size is not copied");
    numbers =
        numbers(
            GivenTable.sync(
                GivenTable.of("full", TableState.FOLLOWING).written(900, 0).view(),
                GivenTable.of("lost", TableState.FAILED).failure("gone").view()));
    assertFalse(numbers.totals().isCopied(), "one has failed");
    assertEquals(1, numbers.totals().copiedTables());
    assertEquals(1, numbers.totals().failedTables());
  }

  @Test
  void aLineSaysHowFarHowFastAndHowLong() {
    ProgressText.Line line =
        new ProgressText.Line(
            "orders",
            ShownState.COPYING,
            0.505,
            5_050,
            Optional.empty(),
            1,
            120.4,
            OptionalLong.of(4_000),
            OptionalDouble.of(0.5),
            1,
            Optional.empty());
    assertEquals(
        "  orders ##########----------  50% copying    5,050 copied, 1 change, 120/s, 1 h 6 min"
            + " left, 0.5 s behind, 1 retry",
        ascii(Bars.lines(List.of(line.row()), Terminal.UNLIMITED).get(0)));
    assertEquals(
        "orders copying 50%, 5,050 copied, 1 change, 120/s, 1 h 6 min left, 0.5 s behind, 1 retry",
        line.plain());
    assertEquals(
        "o following 100%, 5 copied, 3/s, 0.5 s behind",
        line("o", 5, Optional.empty(), OptionalDouble.of(0.5)).plain());
  }

  @Test
  void aResumedCopySaysWhatAnEarlierRunHadDone() {
    assertEquals(
        "o following 100%, resumed: 3 segments of 8 done, 5 copied since, 3/s",
        line("o", 5, Optional.of(new ProgressText.Resumed(3, 8)), OptionalDouble.empty()).plain());
    assertEquals(
        "o following 100%, copied by an earlier run, 3/s",
        line("o", 0, Optional.of(new ProgressText.Resumed(8, 8)), OptionalDouble.empty()).plain());
    assertEquals(
        "o following 100%, resumed: 3 segments of 8 done, 0 copied since, 3/s",
        line("o", 0, Optional.of(new ProgressText.Resumed(3, 8)), OptionalDouble.empty()).plain());
    assertEquals(
        "o following 100%, 5 copied, 3/s",
        line("o", 5, Optional.empty(), OptionalDouble.of(0)).plain());
    TableNumbers resumed =
        numbers(GivenTable.sync(copying(3, 8).items(1_000).resumed(3).view())).tables().get(0);
    assertEquals(
        "copying about 1,000 items in 8 segments; resumed: 3 segments of 8 done",
        ProgressText.state(resumed));
    assertFalse(resumed.isCopiedBefore());
  }

  private static ProgressText.Line line(
      String name, long copied, Optional<ProgressText.Resumed> resumed, OptionalDouble lag) {
    return new ProgressText.Line(
        name,
        ShownState.FOLLOWING,
        1,
        copied,
        resumed,
        0,
        3,
        OptionalLong.empty(),
        lag,
        0,
        Optional.empty());
  }

  @Test
  void aBackfillSaysHowFarItIsAndWhy() {
    GivenTable given =
        GivenTable.of("orders", TableState.BACKFILLING)
            .segments(2, 2)
            .backfill(
                new Backfill(
                    "records have expired", Instant.EPOCH, Instant.EPOCH, 1, 3, true, 12, 40));
    TableNumbers numbers = numbers(GivenTable.sync(given.view())).tables().get(0);
    assertEquals(
        "backfilling: window 2 of 3, 12 of 40 files, because records have expired",
        ProgressText.state(numbers));
    String line = ProgressText.Line.of(numbers).plain();
    assertTrue(line.startsWith("orders backfilling 100%"), line);
    assertTrue(line.contains("window 2 of 3, 12 of 40 files"), line);
    given.backfill(
        new Backfill("records have expired", Instant.EPOCH, Instant.EPOCH, 1, 3, false, 0, 0));
    numbers = numbers(GivenTable.sync(given.view())).tables().get(0);
    assertEquals(
        "backfilling: window 2 of 3, waiting for its export, because records have expired",
        ProgressText.state(numbers));
    assertEquals(2, numbers.segments().total(), "files of changes are no segments");
    assertTrue(numbers.lag().isPresent(), "it is behind since what is applied");
  }

  @Test
  void manyTablesTakeNoMoreLinesThanATerminalHas() {
    List<TableView> tables = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      tables.add(GivenTable.of("t" + i, i == 39 ? TableState.FAILED : TableState.WAITING).view());
    }
    List<String> bars = ProgressText.bars(numbers(GivenTable.sync(tables)), 120);
    assertEquals(16, bars.size());
    assertTrue(bars.get(0).contains("t39") && bars.get(0).contains("FAILED"), bars.get(0));
    assertEquals("  and 26 more tables", bars.get(14));
    assertEquals(
        "  total --------------------   0%            0 copied, 0 changes, 0/s",
        ascii(bars.get(15)));
  }

  @Test
  void theReportNamesTheSlowestCopiesFirst() {
    SyncView view =
        GivenTable.sync(
            GivenTable.of("fast", TableState.COPYING).items(100).written(90, 0).view(),
            GivenTable.of("slow", TableState.COPYING).items(100).written(10, 0).view(),
            GivenTable.of("done", TableState.FOLLOWING).items(100).written(100, 0).view());
    String report = ProgressText.report(numbers(view), 1);
    assertTrue(report.endsWith("; slow 10%; fast 90%"), report);
  }

  @Test
  void theTotalIsDoneWhenEveryTableIs() {
    SyncNumbers numbers =
        numbers(
            GivenTable.sync(
                GivenTable.of("a", TableState.FOLLOWING).items(10).written(9, 0).view(),
                GivenTable.of("b", TableState.DONE).items(10).written(10, 0).view()));
    assertEquals(1, numbers.totals().progress());
    assertEquals(OptionalLong.empty(), numbers.totals().secondsLeft());
  }

  @Test
  void aTableThatFailedTakesNoTime() {
    SyncView view =
        GivenTable.sync(
            copying(0, 4).items(1_000).view(),
            GivenTable.of("lost", TableState.FAILED).items(9_000).failure("gone").view());
    rates.sample(view, 0);
    stats.copy.written.add(100);
    rates.sample(view, 10 * SECOND);
    assertEquals(OptionalLong.of(90), numbers(view).totals().secondsLeft());
  }

  @Test
  void samplesOfOneMomentAreOne() {
    SyncView view = GivenTable.sync(copying(0, 4).items(1_000).view());
    rates.sample(view, 0);
    stats.copy.written.add(50);
    rates.sample(view, 1);
    assertEquals(0, numbers(view).totals().rate().copy(), "no time has passed");
  }

  @Test
  void aTableThatComesBackHasNoOldRate() {
    SyncView view = GivenTable.sync(copying(0, 4).items(1_000).view());
    rates.sample(view, 0);
    stats.copy.written.add(50);
    rates.sample(view, SECOND);
    rates.sample(GivenTable.sync(), 2 * SECOND);
    assertEquals(0, numbers(view).totals().rate().copy());
  }

  @Test
  void theReportHasTheFormOfTheGoTool() {
    stats.copy.read.add(5_060);
    stats.stream.read.add(7);
    stats.reading.throttled.add(3);
    SyncView view =
        GivenTable.sync(copying(0, 4).items(10_000).stats(stats).written(5_050, 6).view());
    assertEquals(
        "get=5067, write_success=5056, tps=0, ckpt_times=9, retries=3, lag=-; t 50%",
        ProgressText.report(numbers(view), 9));
  }

  @Test
  void barsStayBelowWhatIsPrintedMeanwhile() {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SyncView view =
        GivenTable.sync(GivenTable.of("orders", TableState.COPYING).items(1_000).view());
    Screen screen =
        new Screen(new PrintStream(out, true, StandardCharsets.UTF_8), true, 0, observer(view));
    try {
      System.out.print("half a ");
      System.out.println("line of the log");
    } finally {
      screen.close();
    }
    assertEquals(before, System.out, "given back");
    Screenful terminal = new Screenful();
    terminal.take(out.toString(StandardCharsets.UTF_8));
    assertEquals(2, terminal.lines.size(), terminal.lines + "");
    assertEquals("half a line of the log", terminal.lines.get(0));
    assertTrue(terminal.lines.get(1).startsWith("  orders"), terminal.lines.get(1));
  }

  @Test
  void aPipeGetsPlainLines() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SyncView view =
        GivenTable.sync(GivenTable.of("orders", TableState.COPYING).items(1_000).view());
    new Screen(new PrintStream(out, true, StandardCharsets.UTF_8), false, 60_000, observer(view))
        .close();
    String text = out.toString(StandardCharsets.UTF_8);
    assertEquals("  orders copying 0%, 0 copied, 0/s\n", text);
    assertFalse(text.contains("\u001b"));
  }

  /** As much of a terminal as the bars need. */
  private static final class Screenful {
    final List<String> lines = new ArrayList<>();
    private int row;

    void take(String text) {
      String rest = text;
      while (!rest.isEmpty()) {
        if (rest.startsWith("\u001b[?7")) {
          rest = rest.substring(5);
        } else if (rest.startsWith("\u001b[J")) {
          while (lines.size() > row) {
            lines.remove(lines.size() - 1);
          }
          rest = rest.substring(3);
        } else if (rest.startsWith("\u001b[")) {
          int end = rest.indexOf('A');
          row -= Integer.parseInt(rest.substring(2, end));
          rest = rest.substring(end + 1);
        } else if (rest.startsWith("\r")) {
          rest = rest.substring(1);
        } else {
          int end = rest.indexOf('\n');
          lines.add(row++, rest.substring(0, end));
          rest = rest.substring(end + 1);
        }
      }
    }
  }

  private static Observer observer(SyncView view) {
    return new Observer(new GivenMonitor(() -> view));
  }

  private SyncNumbers numbers(SyncView view) {
    return SyncNumbers.of(view, rates, Instant.EPOCH);
  }

  private static String ascii(String bar) {
    return bar.replace('█', '#').replace('░', '-');
  }

  private static double fraction(TableView table) {
    return Fraction.of(table, table.stats().copy.written.sum());
  }

  private GivenTable copying(int done, int segments) {
    return table(TableState.COPYING).segments(done, segments);
  }

  private GivenTable table(TableState state) {
    return GivenTable.of("t", state).stats(stats);
  }
}
