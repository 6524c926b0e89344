package io.nimoshake.app.progress;

import io.nimoshake.app.program.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** The numbers of a sync in lines of text, for a terminal, a pipe, the log and {@code status}. */
public final class ProgressText {
  /** A small terminal has more lines than that; lines that scrolled away cannot be redrawn. */
  private static final int MOST_LINES = 15;

  private static final int BAR_WIDTH = 20;
  private static final int NAME_WIDTH = 20;

  /** Tables that the report names; if more are copied, those that take longest. */
  private static final int NAMED = 5;

  /** Whether the terminal shows more than ASCII. */
  private static final boolean BLOCKS =
      System.getProperty("native.encoding", "").toUpperCase(Locale.ROOT).contains("UTF");

  private static final String FULL = BLOCKS ? "█" : "#";
  private static final String EMPTY = BLOCKS ? "░" : "-";

  private ProgressText() {}

  /** What a resumed copy found done: segments, of how many. */
  public record Resumed(long segmentsDone, long segments) {}

  /**
   * One table, as it is shown.
   *
   * @param progress how much of its copy is done, from 0 to 1
   * @param resumed what an earlier run had copied; empty if the copy began in this run
   * @param perSecond items and changes written a second
   * @param secondsLeft how long its copy will still take, if that is known
   * @param lagSeconds how far it is behind its stream, if that is known
   * @param retries failed and throttled calls
   */
  public record Line(
      String name,
      ShownState state,
      double progress,
      long copied,
      Optional<Resumed> resumed,
      long changes,
      double perSecond,
      OptionalLong secondsLeft,
      OptionalDouble lagSeconds,
      long retries) {
    static Line of(TableNumbers table) {
      return new Line(
          table.name(),
          table.state(),
          table.progress(),
          table.copied(),
          table.segmentsDoneBefore().map(done -> new Resumed(done, table.segments().total())),
          table.changes(),
          table.rate().total(),
          table.secondsLeft(),
          table.lag().isPresent()
              ? OptionalDouble.of(table.lag().get().toMillis() / 1000.0)
              : OptionalDouble.empty(),
          table.retries() + table.throttles());
    }

    /** The line with a bar, for a terminal. */
    public String bar() {
      return barred(name, progress, word(), numbers());
    }

    /** The line without a bar, for a file or a pipe. */
    public String plain() {
      return String.format(Locale.ROOT, "%s %s %s, %s", name, word(), percent(progress), numbers());
    }

    private String word() {
      return state == ShownState.FAILED ? "FAILED" : state.text();
    }

    private String numbers() {
      StringBuilder text = new StringBuilder(copiedText());
      if (changes > 0) {
        text.append(", ").append(Text.count(changes, "change"));
      }
      text.append(String.format(Locale.ROOT, ", %,.0f/s", perSecond));
      secondsLeft.ifPresent(seconds -> text.append(", ").append(time(seconds)).append(" left"));
      if (lagSeconds.isPresent() && lagSeconds.getAsDouble() > 0) {
        text.append(String.format(Locale.ROOT, ", %.1f s behind", lagSeconds.getAsDouble()));
      }
      if (retries > 0) {
        text.append(", ")
            .append(
                String.format(Locale.ROOT, "%,d %s", retries, retries == 1 ? "retry" : "retries"));
      }
      return text.toString();
    }

    private String copiedText() {
      String items = String.format(Locale.ROOT, "%,d copied", copied);
      if (resumed.isEmpty()) {
        return items;
      }
      Resumed before = resumed.get();
      if (before.segmentsDone() == before.segments() && copied == 0) {
        return "copied by an earlier run";
      }
      return String.format(
          Locale.ROOT,
          "resumed: %d segments of %d done, %s since",
          before.segmentsDone(),
          before.segments(),
          items);
    }
  }

  private static String barred(String name, double progress, String word, String numbers) {
    int full = (int) Math.floor(progress * BAR_WIDTH);
    return String.format(
        Locale.ROOT,
        "%-" + NAME_WIDTH + "s %s%s %4s %-10s %s",
        shorten(name),
        FULL.repeat(full),
        EMPTY.repeat(BAR_WIDTH - full),
        percent(progress),
        word,
        numbers);
  }

  /**
   * A line with a bar for each table, and one for all together if there are several. If there are
   * too many tables, a line counts those that have none.
   */
  static List<String> bars(SyncNumbers numbers) {
    List<Line> lines = numbers.tables().stream().map(Line::of).toList();
    List<String> bars = new ArrayList<>();
    int room = lines.size() > MOST_LINES ? MOST_LINES - 1 : MOST_LINES;
    // Failed and active tables come first; those that wait or are done may be left out.
    lines.stream()
        .sorted(Comparator.comparingInt(line -> lines.size() <= room ? 0 : worth(line)))
        .limit(room)
        .forEach(line -> bars.add(line.bar()));
    if (lines.size() > room) {
      bars.add("and " + Text.count(lines.size() - room, "more table"));
    }
    if (lines.size() > 1) {
      bars.add(total(numbers.totals()));
    }
    return bars;
  }

  private static int worth(Line line) {
    return switch (line.state()) {
      case FAILED -> 0;
      case RETRYING, COPYING, FINISHING, SWAPPING, PAUSED -> 1;
      case FOLLOWING, CAUGHT_UP -> 2;
      case PREPARING, STOPPING -> 3;
      case WAITING, DONE -> 4;
    };
  }

  /** All tables together, with a bar. */
  private static String total(Totals totals) {
    String numbers =
        String.format(
            Locale.ROOT,
            "%,d copied, %s, %,.0f/s%s",
            totals.copied(),
            Text.count(totals.changes(), "change"),
            totals.rate().total(),
            left(totals.secondsLeft()));
    return barred("total", totals.progress(), "", numbers);
  }

  private static String left(OptionalLong seconds) {
    return seconds.isPresent() ? ", " + time(seconds.getAsLong()) + " left" : "";
  }

  /** The state of a table in the log, with what is worth knowing when it begins. */
  public static String state(TableNumbers table) {
    ShownState state = table.state();
    return switch (state) {
      case WAITING -> "waiting for its turn";
      case PREPARING -> "preparing its stream and its target";
      case COPYING -> "copying " + toCopy(table);
      case FINISHING ->
          "finishing: "
              + Text.count(table.copied(), "item")
              + (table.copied() == 1 ? " is" : " are")
              + " copied; building indexes";
      case SWAPPING -> "swapping: the new copy takes the place of the old one";
      case FOLLOWING -> "following its stream";
      case STOPPING -> "stopping, to be copied again";
      case CAUGHT_UP, RETRYING, PAUSED, DONE, FAILED -> state.text();
    };
  }

  private static String toCopy(TableNumbers table) {
    String items = table.items() == 0 ? "" : "about " + Text.count(table.items(), "item") + " ";
    String segments = "in " + Text.count(table.segments().total(), "segment");
    return table
        .segmentsDoneBefore()
        .map(
            done ->
                String.format(
                    Locale.ROOT,
                    "%s%s; resumed: %d segments of %d done",
                    items,
                    segments,
                    done,
                    table.segments().total()))
        .orElse(items + segments);
  }

  /** All tables in one line, for a file or a pipe. */
  static String line(SyncNumbers numbers) {
    return numbers.tables().stream()
        .map(table -> Line.of(table).plain())
        .collect(Collectors.joining("; "));
  }

  /**
   * The line that the log shows every minute. It begins as the line of the Go tool does, for those
   * who have scripts that read it.
   */
  public static String report(SyncNumbers numbers, long checkpointSaves) {
    Totals totals = numbers.totals();
    long read =
        numbers.view().tables().stream()
            .mapToLong(table -> table.stats().copy.read.sum() + table.stats().stream.read.sum())
            .sum();
    return String.format(
        Locale.ROOT,
        "get=%d, write_success=%d, tps=%d, ckpt_times=%d, retries=%d, lag=%s%s",
        read,
        totals.copied() + totals.changes(),
        Math.round(totals.rate().total()),
        checkpointSaves,
        totals.retries() + totals.throttles(),
        totals
            .furthestBehind()
            .map(table -> table.lag().orElseThrow().toMillis() + "ms")
            .orElse("-"),
        copies(numbers.tables()));
  }

  /** How far the tables are that are being copied, the slowest first. */
  private static String copies(List<TableNumbers> tables) {
    return tables.stream()
        .filter(table -> table.state() == ShownState.COPYING)
        .sorted(Comparator.comparingDouble(TableNumbers::progress))
        .limit(NAMED)
        .map(
            table ->
                "; " + table.name() + " " + percent(table.progress()) + left(table.secondsLeft()))
        .collect(Collectors.joining());
  }

  /** A share for people; what is not done is never shown as 100 %. */
  private static String percent(double progress) {
    return String.format(Locale.ROOT, "%.0f%%", Math.floor(progress * 100));
  }

  private static String time(long seconds) {
    return Text.duration(Duration.ofSeconds(Math.max(1, seconds)));
  }

  private static String shorten(String name) {
    return name.length() <= NAME_WIDTH ? name : name.substring(0, NAME_WIDTH - 1) + "~";
  }
}
