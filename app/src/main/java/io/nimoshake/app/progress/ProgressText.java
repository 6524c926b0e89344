package io.nimoshake.app.progress;

import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.plan.TableState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** The state of a sync in lines of text. Remembers the last counts to tell rates. */
public final class ProgressText {
  /** More lines than a small terminal has could not be drawn over. */
  private static final int MOST_LINES = 15;

  private static final int BAR_WIDTH = 20;
  private static final int NAME_WIDTH = 20;

  /** Whether the terminal can be shown more than ASCII. */
  private static final boolean BLOCKS =
      System.getProperty("native.encoding", "").toUpperCase(Locale.ROOT).contains("UTF");

  private static final String FULL = BLOCKS ? "█" : "#";
  private static final String EMPTY = BLOCKS ? "░" : "-";
  private static final int MINUTE = 60;
  private static final int HOUR = 60 * MINUTE;

  private final Rates rates = new Rates();

  /**
   * A table as it is shown.
   *
   * @param state in lower case, or "paused"
   * @param fraction of its copy that is done
   * @param secondsLeft of its copy, if that can be told
   * @param lagSeconds of its stream, if it has one; negative if not
   */
  public record Line(
      String name,
      String state,
      double fraction,
      long copied,
      long changes,
      double perSecond,
      OptionalLong secondsLeft,
      double lagSeconds,
      long retries) {
    /** With a bar. */
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

    /** Without a bar, for where lines pile up. */
    public String plain() {
      return String.format(
          Locale.ROOT, "%s %s %.0f%%, %s", name, word(), Math.floor(fraction * 100), numbers());
    }

    private String word() {
      return switch (state) {
        case "failed" -> "FAILED";
        default -> state;
      };
    }

    private String numbers() {
      StringBuilder text = new StringBuilder();
      text.append(String.format(Locale.ROOT, "%,d copied", copied));
      if (changes > 0) {
        text.append(String.format(Locale.ROOT, ", %,d changes", changes));
      }
      text.append(String.format(Locale.ROOT, ", %,.0f/s", perSecond));
      secondsLeft.ifPresent(seconds -> text.append(", ").append(time(seconds)).append(" left"));
      if (lagSeconds >= 0 && state.equals("following")) {
        text.append(String.format(Locale.ROOT, ", %.1f s behind", lagSeconds));
      }
      if (retries > 0) {
        text.append(String.format(Locale.ROOT, ", %,d retries", retries));
      }
      return text.toString();
    }
  }

  /** A line for each table, with a bar; the last stands for those there is no room for. */
  public List<String> bars(SyncView view, long nowNanos) {
    List<Line> lines = lines(view, nowNanos);
    List<String> bars = new ArrayList<>();
    boolean all = lines.size() <= MOST_LINES;
    // What moves or has failed is worth a line sooner than what has not begun or is over.
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
      case "failed" -> 0;
      case "copying", "finishing", "swapping", "paused" -> 1;
      case "following" -> 2;
      case "preparing", "stopping" -> 3;
      default -> 4;
    };
  }

  /** All tables in one line, for where nothing can be drawn. */
  public String line(SyncView view, long nowNanos) {
    return String.join("; ", lines(view, nowNanos).stream().map(Line::plain).toList());
  }

  private List<Line> lines(SyncView view, long nowNanos) {
    rates.look(view, nowNanos);
    Instant now = Instant.now();
    return view.tables().stream().map(table -> line(table, now)).toList();
  }

  /** The label of its state; "paused" where a pause is what counts. */
  public static String state(TableView table) {
    TableState state = table.plan().state();
    return state.isOver() || table.limits().gate().isOpen() ? state.label() : "paused";
  }

  private Line line(TableView table, Instant now) {
    return new Line(
        table.name(),
        state(table),
        Fraction.of(table),
        table.stats().copy.written.sum(),
        table.stats().stream.written.sum(),
        rates.of(table.name()).total(),
        rates.secondsLeft(table),
        Lag.of(table, now).map(lag -> lag.toMillis() / 1000.0).orElse(-1.0),
        table.stats().retries() + table.stats().throttles());
  }

  /** A time for people: 50 s, 12 min, 3 h 5 min. */
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
