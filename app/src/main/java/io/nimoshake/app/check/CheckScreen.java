package io.nimoshake.app.check;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Shows a running comparison on a terminal: a bar for each table. */
public final class CheckScreen implements AutoCloseable {
  private static final int BAR_WIDTH = 24;
  private static final long REDRAW_MILLIS = 200;
  private static final int MOST_TABLES = 20;

  private final PrintStream out;
  private final Check check;
  private final ScheduledExecutorService timer;
  private final long begun = System.nanoTime();

  /** Used by the timer's thread, and by close() after that thread has ended. */
  private int drawn;

  /**
   * @param out a terminal that understands ANSI sequences
   */
  public CheckScreen(PrintStream out, Check check) {
    this.out = out;
    this.check = check;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "nimo-shake-screen");
              thread.setDaemon(true);
              return thread;
            });
    timer.scheduleWithFixedDelay(this::draw, 0, REDRAW_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void draw() {
    StringBuilder frame = new StringBuilder();
    if (drawn > 0) {
      frame.append(String.format("\u001b[%dA", drawn));
    }
    List<TableProgress> tables =
        check.progress().stream()
            .filter(table -> table.stage() != TableProgress.Stage.DONE)
            .limit(MOST_TABLES)
            .toList();
    double seconds = (System.nanoTime() - begun) / 1e9;
    for (TableProgress table : tables) {
      frame.append("\r\u001b[2K  ").append(line(table, seconds)).append('\n');
    }
    for (int i = tables.size(); i < drawn; i++) {
      frame.append("\r\u001b[2K\n");
    }
    drawn = Math.max(drawn, tables.size());
    out.print(frame);
    out.flush();
  }

  private static String line(TableProgress table, double seconds) {
    int full = (int) Math.round(table.fraction() * BAR_WIDTH);
    return String.format(
        Locale.ROOT,
        "%-20s [%s%s] %3.0f%% %s, %,d items, %,.0f/s",
        table.table(),
        "#".repeat(full),
        "-".repeat(BAR_WIDTH - full),
        table.fraction() * 100,
        table.stage(),
        table.compared(),
        table.compared() / Math.max(seconds, 0.001));
  }

  /** Removes the bars, so that the report takes their place. */
  @Override
  public void close() {
    timer.shutdown();
    try {
      timer.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (drawn > 0) {
      out.print(String.format("\u001b[%dA\u001b[J", drawn));
      out.flush();
    }
  }
}
