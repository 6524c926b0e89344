package io.nimoshake.app.progress;

import io.nimoshake.app.SyncMonitor;
import io.nimoshake.core.engine.SyncView;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Shows a sync while it runs: bars that move on a terminal, a line now and then elsewhere. While it
 * is open nobody else writes there.
 */
public final class Screen implements AutoCloseable {
  private static final String CURSOR_UP = "\u001b[%dA";
  private static final String CLEAR_LINE = "\u001b[2K";
  private static final long REDRAW_MILLIS = 200;

  private final PrintStream out;
  private final boolean terminal;
  private final SyncMonitor monitor;
  private final ProgressText text = new ProgressText();
  private final ScheduledExecutorService timer;

  // Used by the timer's thread, and by close() once that has ended.
  private int drawn;
  private String lastLine = "";

  /**
   * @param terminal whether {@code out} is a terminal that understands ANSI sequences
   * @param lineMillis time between two lines where it is none
   */
  public Screen(PrintStream out, boolean terminal, long lineMillis, SyncMonitor monitor) {
    this.out = out;
    this.terminal = terminal;
    this.monitor = monitor;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "nimo-shake-screen");
              thread.setDaemon(true);
              return thread;
            });
    long period = terminal ? REDRAW_MILLIS : lineMillis;
    timer.scheduleWithFixedDelay(this::show, 0, period, TimeUnit.MILLISECONDS);
  }

  /** Whether the launcher saw a terminal at standard output. */
  public static boolean isTerminal() {
    return Boolean.getBoolean("nimoshake.terminal");
  }

  private void show() {
    SyncView now = monitor.view();
    if (terminal) {
      draw(text.bars(now, System.nanoTime()));
    } else {
      String line = text.line(now, System.nanoTime());
      if (!line.isEmpty() && !line.equals(lastLine)) {
        lastLine = line;
        out.println("  " + line);
      }
    }
  }

  private void draw(List<String> lines) {
    StringBuilder frame = new StringBuilder();
    if (drawn > 0) {
      frame.append(String.format(CURSOR_UP, drawn));
    }
    for (String line : lines) {
      frame.append('\r').append(CLEAR_LINE).append("  ").append(line).append('\n');
    }
    drawn = Math.max(drawn, lines.size());
    out.print(frame);
    out.flush();
  }

  /** Shows the last state and leaves it there. */
  @Override
  public void close() {
    timer.shutdown();
    try {
      timer.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    show();
  }
}
