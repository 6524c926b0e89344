package io.nimoshake.app.progress;

import io.nimoshake.app.program.Timers;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Shows a sync while it runs: moving bars on a terminal, now and then a line elsewhere. On a
 * terminal the bars stay at the bottom, and everything else that is printed to standard output
 * appears above them.
 */
public final class Screen implements AutoCloseable {
  private static final long REDRAW_MILLIS = 200;

  private final PrintStream out;
  private final PrintStream standardOutput = System.out;
  private final boolean terminal;
  private final Observer observer;
  private final ScheduledExecutorService timer;

  /** Used while this is locked. */
  private final LiveLines bars;

  /** Guarded by this. */
  private String lastLine = "";

  /**
   * @param terminal whether {@code out} is a terminal that understands ANSI sequences
   * @param lineMillis time between two lines if it is not a terminal
   */
  public Screen(PrintStream out, boolean terminal, long lineMillis, Observer observer) {
    this.out = out;
    this.terminal = terminal;
    this.observer = observer;
    this.bars = new LiveLines(out);
    this.timer = Timers.daemon("nimo-shake-screen");
    if (terminal) {
      System.setOut(new PrintStream(new LinesAbove(), true, StandardCharsets.UTF_8));
    }
    observer.start();
    long period = terminal ? REDRAW_MILLIS : lineMillis;
    timer.scheduleWithFixedDelay(this::show, 0, period, TimeUnit.MILLISECONDS);
  }

  private synchronized void show() {
    SyncNumbers now = observer.numbers();
    if (terminal) {
      bars.draw(ProgressText.bars(now, Terminal.columns()));
    } else {
      String line = ProgressText.line(now);
      if (!line.isEmpty() && !line.equals(lastLine)) {
        lastLine = line;
        out.println("  " + line);
      }
    }
  }

  private synchronized void printAbove(String line) {
    bars.printAbove(line);
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
    Timers.stop(timer);
    show();
    if (terminal) {
      System.setOut(standardOutput);
    }
  }
}
