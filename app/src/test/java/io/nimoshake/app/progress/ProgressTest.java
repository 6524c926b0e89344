package io.nimoshake.app.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.PlanView.Progress;
import io.nimoshake.core.plan.PlanView.SplitState;
import io.nimoshake.core.plan.TableState;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Rates, fractions, and what a terminal and a pipe are shown. */
class ProgressTest {
  private static final long SECOND = 1_000_000_000;

  private final TableStats stats = new TableStats();
  private final Rates rates = new Rates();

  @Test
  void ratesFollowWhatIsWrittenAndTellTheTimeLeft() {
    TableView table = table("t", TableState.COPYING, 1_000L, 0, 4);
    SyncView view = view(table);
    rates.look(view, 0);
    assertEquals(0, rates.of("t").total());
    assertEquals(OptionalLong.empty(), rates.secondsLeft(table));
    for (int second = 1; second <= 60; second++) {
      stats.copy.written.add(10);
      rates.look(view, second * SECOND);
    }
    assertEquals(10, rates.of("t").copy(), 0.001);
    assertEquals(OptionalLong.of(40), rates.secondsLeft(table), "400 items at 10 a second");
    rates.look(view, 60 * SECOND + 1);
    assertEquals(10, rates.of("t").copy(), 0.001, "too soon for another");
    for (int second = 61; second <= 200; second++) {
      rates.look(view, second * SECOND);
    }
    assertTrue(rates.of("t").copy() < 0.01, "stands still");
    assertEquals(OptionalLong.empty(), rates.secondsLeft(table));
  }

  @Test
  void aCopyIsAsFarAsItsItemsOrItsSegments() {
    stats.copy.written.add(100);
    assertEquals(0.1, Fraction.of(table("t", TableState.COPYING, 1_000L, 0, 4)));
    assertEquals(0.5, Fraction.of(table("t", TableState.COPYING, 1_000L, 2, 4)), "after a restart");
    assertEquals(0.75, Fraction.of(table("t", TableState.COPYING, null, 3, 4)), "of unknown size");
    assertEquals(
        0.99, Fraction.of(table("t", TableState.COPYING, 50L, 0, 4)), "never done too soon");
    assertEquals(0, Fraction.of(table("t", TableState.PREPARING, 50L, 0, 0)));
    assertEquals(1, Fraction.of(table("t", TableState.FOLLOWING, 50L, 4, 4)));
  }

  @Test
  void aLineSaysHowFarHowFastAndHowLong() {
    ProgressText.Line line =
        new ProgressText.Line(
            "orders", ShownState.COPYING, 0.505, 5_050, 7, 120.4, OptionalLong.of(4_000), 0.5, 3);
    assertEquals(
        "orders               ##########----------  50% copying    5,050 copied, 7 changes,"
            + " 120/s, 1 h 7 min left, 3 retries",
        line.bar().replace('█', '#').replace('░', '-'));
    assertEquals(
        "orders copying 50%, 5,050 copied, 7 changes, 120/s, 1 h 7 min left, 3 retries",
        line.plain());
    assertEquals(
        "o following 100%, 5 copied, 3/s, 0.5 s behind",
        new ProgressText.Line("o", ShownState.FOLLOWING, 1, 5, 0, 3, OptionalLong.empty(), 0.5, 0)
            .plain());
    assertEquals("119 s", ProgressText.time(119));
    assertEquals("2 min", ProgressText.time(120));
    assertEquals("3 h 20 min", ProgressText.time(12_000));
  }

  @Test
  void manyTablesTakeNoMoreLinesThanATerminalHas() {
    List<TableView> tables = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      tables.add(table("t" + i, i == 39 ? TableState.FAILED : TableState.WAITING, 1L, 0, 0));
    }
    List<String> bars = new ProgressText().bars(view(tables.toArray(TableView[]::new)), 0);
    assertEquals(15, bars.size());
    assertTrue(bars.get(0).contains("t39") && bars.get(0).contains("FAILED"), bars.get(0));
    assertEquals("and 26 more tables", bars.get(14));
  }

  @Test
  void barsStayBelowWhatIsPrintedMeanwhile() {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SyncView view = view(table("orders", TableState.COPYING, 1_000L, 0, 1));
    Screen screen =
        new Screen(new PrintStream(out, true, StandardCharsets.UTF_8), true, 0, monitor(view));
    try {
      System.out.print("half a ");
      System.out.println("line of the log");
    } finally {
      screen.close();
    }
    assertEquals(before, System.out, "given back");
    Terminal terminal = new Terminal();
    terminal.take(out.toString(StandardCharsets.UTF_8));
    assertEquals(2, terminal.lines.size(), terminal.lines + "");
    assertEquals("half a line of the log", terminal.lines.get(0));
    assertTrue(terminal.lines.get(1).startsWith("  orders"), terminal.lines.get(1));
  }

  @Test
  void aPipeGetsPlainLines() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SyncView view = view(table("orders", TableState.COPYING, 1_000L, 0, 1));
    new Screen(new PrintStream(out, true, StandardCharsets.UTF_8), false, 60_000, monitor(view))
        .close();
    String text = out.toString(StandardCharsets.UTF_8);
    assertEquals("  orders copying 0%, 0 copied, 0/s\n", text);
    assertFalse(text.contains("\u001b"));
  }

  /** As much of a terminal as the bars need. */
  private static final class Terminal {
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

  private static SyncMonitor monitor(SyncView view) {
    return new GivenMonitor(() -> view);
  }

  private static SyncView view(TableView... tables) {
    return new SyncView(
        List.of(tables), false, false, 0, Optional.empty(), Optional.empty(), List.of());
  }

  private TableView table(String name, TableState state, Long items, int done, int segments) {
    List<SplitState> splits = new ArrayList<>();
    for (int i = 0; i < segments; i++) {
      splits.add(
          new SplitState(
              new Split.ScanSegment(name, i, segments),
              i < done ? Progress.DONE : Progress.RUNNING,
              Position.BEGINNING,
              Optional.empty(),
              Instant.EPOCH));
    }
    return new TableView(
        new PlanView.Table(name, state, splits, Optional.empty()),
        Optional.ofNullable(items),
        stats,
        TableLimits.none());
  }
}
