package io.nimoshake.app.check;

import io.nimoshake.app.program.Text;
import io.nimoshake.app.program.Timers;
import io.nimoshake.app.progress.Bars;
import io.nimoshake.app.progress.LiveLines;
import io.nimoshake.app.progress.Terminal;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Shows a running comparison on a terminal: a bar for each table, and one for all. */
public final class CheckScreen implements AutoCloseable {
  private static final long REDRAW_MILLIS = 200;
  private static final int MOST_TABLES = 15;

  /** Before this share is compared, the time left is a guess. */
  private static final double LEAST_FRACTION = 0.02;

  // What a narrow terminal leaves out first has the smallest number.
  private static final int COMPARED = 1;
  private static final int LEFT = 2;
  private static final int RATE = 3;

  private final Check check;
  private final LiveLines lines;
  private final ScheduledExecutorService timer = Timers.daemon("nimo-shake-screen");
  private final long begun = System.nanoTime();

  /**
   * @param out a terminal that understands ANSI sequences
   */
  public CheckScreen(PrintStream out, Check check) {
    this.check = check;
    this.lines = new LiveLines(out);
    timer.scheduleWithFixedDelay(this::draw, 0, REDRAW_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void draw() {
    Duration elapsed = Duration.ofNanos(System.nanoTime() - begun);
    lines.draw(Bars.lines(rows(check.progress(), elapsed), Terminal.columns()));
  }

  /** The tables that are not compared yet, and a total. */
  static List<Bars.Row> rows(List<TableProgress> tables, Duration elapsed) {
    List<Bars.Row> rows = new ArrayList<>();
    tables.stream()
        .filter(table -> table.stage() != TableProgress.Stage.DONE)
        .limit(MOST_TABLES)
        .map(
            table ->
                row(
                    table.table(),
                    table.stage().toString(),
                    table.fraction(),
                    table.compared(),
                    elapsed))
        .forEach(rows::add);
    if (tables.size() > 1) {
      long items = tables.stream().mapToLong(TableProgress::compared).sum();
      rows.add(row("total", "", fraction(tables), items, elapsed));
    }
    return rows;
  }

  /** A table counts by its items. */
  private static double fraction(List<TableProgress> tables) {
    double items = tables.stream().mapToLong(CheckScreen::weight).sum();
    return tables.stream().mapToDouble(t -> t.fraction() * weight(t) / items).sum();
  }

  private static long weight(TableProgress table) {
    return Math.max(1, table.approximateItems());
  }

  private static Bars.Row row(
      String name, String word, double fraction, long compared, Duration elapsed) {
    double seconds = Math.max(elapsed.toMillis() / 1000.0, 0.001);
    List<Bars.Part> parts = new ArrayList<>();
    parts.add(new Bars.Part(Text.count(compared, "item"), COMPARED));
    parts.add(new Bars.Part(String.format(Locale.ROOT, "%,.0f/s", compared / seconds), RATE));
    if (fraction >= LEAST_FRACTION && fraction < 1) {
      long left = Math.max(1, Math.round(seconds * (1 - fraction) / fraction));
      parts.add(new Bars.Part(Text.duration(Duration.ofSeconds(left)) + " left", LEFT));
    }
    return new Bars.Row(name, fraction, word, parts);
  }

  /** Removes the bars, so that the report takes their place. */
  @Override
  public void close() {
    Timers.stop(timer);
    lines.clear();
  }
}
