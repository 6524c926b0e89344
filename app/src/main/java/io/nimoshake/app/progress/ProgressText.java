package io.nimoshake.app.progress;

import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** The state of a sync in lines of text. It remembers earlier counts, to know the rates. */
public final class ProgressText {
  /** A small terminal has more lines than that; lines that scrolled away cannot be redrawn. */
  private static final int MOST_LINES = 15;

  private static final int BAR_WIDTH = 20;
  private static final int NAME_WIDTH = 20;

  /** Whether the terminal shows more than ASCII. */
  private static final boolean BLOCKS =
      System.getProperty("native.encoding", "").toUpperCase(Locale.ROOT).contains("UTF");

  private static final String FULL = BLOCKS ? "█" : "#";
  private static final String EMPTY = BLOCKS ? "░" : "-";
  private static final int MINUTE = 60;
  private static final int HOUR = 60 * MINUTE;

  private final Rates rates = new Rates();

  /**
   * One table, as it is shown.
   *
   * @param fraction how much of its copy is done, from 0 to 1
   * @param secondsLeft how long its copy will still take, if that is known
   * @param lagSeconds how far it is behind its stream; negative if that is not known
   */
  public record Line(
      String name,
      ShownState state,
      double fraction,
      long copied,
      long changes,
      double perSecond,
      OptionalLong secondsLeft,
      double lagSeconds,
      long retries) {
    /** The line with a bar, for a terminal. */
    public String bar() {
      int full = (int) Math.round(fraction * BAR_WIDTH);
      return String.format(
          Locale.ROOT,
          "%-" + NAME_WIDTH + "s %s%s %3.0f%% %-10s %s",
          shorten(name),
          FULL.repeat(full),
          EMPTY.repeat(BAR_WIDTH - full),
          Math.floor(fraction * 100),
          word(),
          numbers());
    }

    /** The line without a bar, for a file or a pipe. */
    public String plain() {
      return String.format(
          Locale.ROOT, "%s %s %.0f%%, %s", name, word(), Math.floor(fraction * 100), numbers());
    }

    private String word() {
      return state == ShownState.FAILED ? "FAILED" : state.text();
    }

    private String numbers() {
      StringBuilder text = new StringBuilder();
      text.append(String.format(Locale.ROOT, "%,d copied", copied));
      if (changes > 0) {
        text.append(String.format(Locale.ROOT, ", %,d changes", changes));
      }
      text.append(String.format(Locale.ROOT, ", %,.0f/s", perSecond));
      secondsLeft.ifPresent(seconds -> text.append(", ").append(time(seconds)).append(" left"));
      if (lagSeconds >= 0 && state == ShownState.FOLLOWING) {
        text.append(String.format(Locale.ROOT, ", %.1f s behind", lagSeconds));
      }
      if (retries > 0) {
        text.append(String.format(Locale.ROOT, ", %,d retries", retries));
      }
      return text.toString();
    }
  }

  /** A line with a bar for each table. If there are too many, the last line counts the others. */
  public List<String> bars(SyncView view, long nowNanos) {
    List<Line> lines = lines(view, nowNanos);
    List<String> bars = new ArrayList<>();
    boolean all = lines.size() <= MOST_LINES;
    // Failed and active tables come first; those that wait or are done may be left out.
    lines.stream()
        .sorted(Comparator.comparingInt(line -> all ? 0 : worth(line)))
        .limit(all ? MOST_LINES : MOST_LINES - 1)
        .forEach(line -> bars.add(line.bar()));
    if (!all) {
      bars.add("and " + (lines.size() - MOST_LINES + 1) + " more tables");
    }
    return bars;
  }

  private static int worth(Line line) {
    return switch (line.state()) {
      case FAILED -> 0;
      case COPYING, FINISHING, SWAPPING, PAUSED -> 1;
      case FOLLOWING -> 2;
      case PREPARING, STOPPING -> 3;
      case WAITING, DONE -> 4;
    };
  }

  /** All tables in one line, for a file or a pipe. */
  public String line(SyncView view, long nowNanos) {
    return String.join("; ", lines(view, nowNanos).stream().map(Line::plain).toList());
  }

  private List<Line> lines(SyncView view, long nowNanos) {
    rates.look(view, nowNanos);
    Instant now = Instant.now();
    return view.tables().stream().map(table -> line(table, now)).toList();
  }

  private Line line(TableView table, Instant now) {
    return new Line(
        table.name(),
        ShownState.of(table),
        Fraction.of(table),
        table.stats().copy.written.sum(),
        table.stats().stream.written.sum(),
        rates.of(table.name()).total(),
        rates.secondsLeft(table),
        Lag.of(table, now).map(lag -> lag.toMillis() / 1000.0).orElse(-1.0),
        table.stats().retries() + table.stats().throttles());
  }

  /** A duration for people: 50 s, 12 min, 3 h 5 min. */
  public static String time(long seconds) {
    if (seconds < 2 * MINUTE) {
      return seconds + " s";
    }
    long minutes = Math.round(seconds / (double) MINUTE);
    return seconds < HOUR ? minutes + " min" : minutes / MINUTE + " h " + minutes % MINUTE + " min";
  }

  private static String shorten(String name) {
    return name.length() <= NAME_WIDTH ? name : name.substring(0, NAME_WIDTH - 1) + "~";
  }
}
