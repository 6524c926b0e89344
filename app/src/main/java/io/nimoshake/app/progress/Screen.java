package io.nimoshake.app.progress;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Shows a sync while it runs: moving bars on a terminal, now and then a line elsewhere. On a
 * terminal the bars stay at the bottom, and everything else that is printed to standard output
 * appears above them.
 */
public final class Screen implements AutoCloseable {
  private static final String CURSOR_UP = "\u001b[%dA";
  private static final String CLEAR_TO_END = "\r\u001b[J";

  /** Long lines are cut. If they wrapped, the number of lines to move up would not be known. */
  private static final String NO_WRAP = "\u001b[?7l";

  private static final String WRAP = "\u001b[?7h";
  private static final long REDRAW_MILLIS = 200;

  private final PrintStream out;
  private final PrintStream standardOutput = System.out;
  private final boolean terminal;
  private final Observer observer;
  private final ScheduledExecutorService timer;

  // Guarded by this.
  private int drawn;
  private String bars = "";
  private String lastLine = "";

  /**
   * @param terminal whether {@code out} is a terminal that understands ANSI sequences
   * @param lineMillis time between two lines if it is not a terminal
   */
  public Screen(PrintStream out, boolean terminal, long lineMillis, Observer observer) {
    this.out = out;
    this.terminal = terminal;
    this.observer = observer;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "nimo-shake-screen");
              thread.setDaemon(true);
              return thread;
            });
    if (terminal) {
      System.setOut(new PrintStream(new LinesAbove(), true, StandardCharsets.UTF_8));
    }
    observer.start();
    long period = terminal ? REDRAW_MILLIS : lineMillis;
    timer.scheduleWithFixedDelay(this::show, 0, period, TimeUnit.MILLISECONDS);
  }

  /** Whether standard output is a terminal, as the launcher script found out. */
  public static boolean isTerminal() {
    return Boolean.getBoolean("nimoshake.terminal");
  }

  private synchronized void show() {
    SyncNumbers now = observer.numbers();
    if (terminal) {
      List<String> lines = ProgressText.bars(now);
      StringBuilder frame = new StringBuilder();
      lines.forEach(line -> frame.append("  ").append(line).append('\n'));
      draw("", frame.toString(), lines.size());
    } else {
      String line = ProgressText.line(now);
      if (!line.isEmpty() && !line.equals(lastLine)) {
        lastLine = line;
        out.println("  " + line);
      }
    }
  }

  /** Prints everything in one call, so that no half frame is seen. */
  private void draw(String above, String frame, int lines) {
    String up = drawn > 0 ? String.format(CURSOR_UP, drawn) : "";
    out.print(up + CLEAR_TO_END + above + NO_WRAP + frame + WRAP);
    out.flush();
    bars = frame;
    drawn = lines;
  }

  private synchronized void printAbove(String line) {
    draw(line, bars, drawn);
  }

  /** Collects bytes until they are a whole line. */
  private final class LinesAbove extends OutputStream {
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int b) {
      line.write(b);
      if (b == '\n') {
        printAbove(line.toString(StandardCharsets.UTF_8));
        line.reset();
      }
    }
  }

  /** Draws the last state and leaves it on the terminal. */
  @Override
  public void close() {
    timer.shutdown();
    try {
      timer.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    show();
    if (terminal) {
      System.setOut(standardOutput);
    }
  }
}
