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

  /** Tables that the report names; if more are copied, those that take longest. */
  private static final int NAMED = 5;

  // What a narrow terminal leaves out first has the smallest number.
  private static final int RESUMED = 1;
  private static final int RETRIES = 2;
  private static final int CHANGES = 3;
  private static final int COPIED = 4;
  private static final int BEHIND = 5;
  private static final int LEFT = 6;
  private static final int BACKFILL = 7;
  private static final int RATE = 8;

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
   * @param backfill how far its backfill is, if there is one
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
      long retries,
      Optional<String> backfill) {
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
          table.retries() + table.throttles(),
          table.backfill().map(BackfillText::progress));
    }

    /** The line with a bar, for a terminal. */
    public Bars.Row row() {
      return new Bars.Row(name, progress, word(), parts());
    }

    /** The line without a bar, for a file or a pipe. */
    public String plain() {
      String numbers = parts().stream().map(Bars.Part::text).collect(Collectors.joining(", "));
      return name + " " + word() + " " + Bars.percent(progress) + ", " + numbers;
    }

    private String word() {
      return state == ShownState.FAILED ? "FAILED" : state.text();
    }

    private List<Bars.Part> parts() {
      List<Bars.Part> parts = new ArrayList<>(copiedParts());
      backfill.ifPresent(window -> parts.add(new Bars.Part(window, BACKFILL)));
      if (changes > 0) {
        parts.add(new Bars.Part(Text.count(changes, "change"), CHANGES));
      }
      parts.add(new Bars.Part(String.format(Locale.ROOT, "%,.0f/s", perSecond), RATE));
      secondsLeft.ifPresent(seconds -> parts.add(left(seconds)));
      if (lagSeconds.isPresent() && lagSeconds.getAsDouble() > 0) {
        parts.add(new Bars.Part(lag(lagSeconds.getAsDouble()) + " behind", BEHIND));
      }
      if (retries > 0) {
        parts.add(new Bars.Part(Text.count(retries, "retry"), RETRIES));
      }
      return parts;
    }

    private List<Bars.Part> copiedParts() {
      String items = String.format(Locale.ROOT, "%,d copied", copied);
      if (resumed.isEmpty()) {
        return List.of(new Bars.Part(items, COPIED));
      }
      Resumed before = resumed.get();
      if (before.segmentsDone() == before.segments() && copied == 0) {
        return List.of(new Bars.Part("copied by an earlier run", RESUMED));
      }
      String done = "resumed: " + segmentsDone(before.segmentsDone(), before.segments());
      return List.of(new Bars.Part(done, RESUMED), new Bars.Part(items + " since", COPIED));
    }
  }

  /**
   * A line with a bar for each table, and one for all together if there are several. If there are
   * too many tables, a line counts those that have none.
   */
  static List<String> bars(SyncNumbers numbers, int columns) {
    List<Line> lines = numbers.tables().stream().map(Line::of).toList();
    int room = lines.size() > MOST_LINES ? MOST_LINES - 1 : MOST_LINES;
    // Failed and active tables come first; those that wait or are done may be left out.
    List<Bars.Row> rows =
        new ArrayList<>(
            lines.stream()
                .sorted(Comparator.comparingInt(line -> lines.size() <= room ? 0 : worth(line)))
                .limit(room)
                .map(Line::row)
                .toList());
    if (lines.size() > 1) {
      Totals totals = numbers.totals();
      rows.add(
          total(
              totals.progress(),
              totals.copied(),
              totals.changes(),
              totals.rate().total(),
              totals.secondsLeft()));
    }
    List<String> bars = new ArrayList<>(Bars.lines(rows, columns));
    if (lines.size() > room) {
      bars.add(room, "  and " + Text.count(lines.size() - room, "more table"));
    }
    return bars;
  }

  private static int worth(Line line) {
    return switch (line.state()) {
      case FAILED -> 0;
      case RETRYING, COPYING, FINISHING, SWAPPING, BACKFILLING, PAUSED -> 1;
      case FOLLOWING, CAUGHT_UP -> 2;
      case PREPARING, STOPPING -> 3;
      case WAITING, DONE -> 4;
    };
  }

  /** All tables together, with a bar. */
  public static Bars.Row total(
      double progress, long copied, long changes, double perSecond, OptionalLong secondsLeft) {
    List<Bars.Part> parts = new ArrayList<>();
    parts.add(new Bars.Part(String.format(Locale.ROOT, "%,d copied", copied), COPIED));
    parts.add(new Bars.Part(Text.count(changes, "change"), CHANGES));
    parts.add(new Bars.Part(String.format(Locale.ROOT, "%,.0f/s", perSecond), RATE));
    secondsLeft.ifPresent(seconds -> parts.add(left(seconds)));
    return new Bars.Row("total", progress, "", parts);
  }

  private static Bars.Part left(long seconds) {
    return new Bars.Part(time(seconds) + " left", LEFT);
  }

  /** The state of a table in the log, with what is worth knowing when it begins. */
  public static String state(TableNumbers table) {
    ShownState state = table.state();
    return switch (state) {
      case WAITING -> "waiting for its turn";
      case PREPARING -> "preparing its stream and its target";
      case COPYING ->
          table
              .table()
              .plan()
              .awaits()
              .map(what -> "waiting for " + what)
              .orElseGet(() -> "copying " + toCopy(table));
      case FINISHING ->
          "finishing: "
              + Text.count(table.copied(), "item")
              + (table.copied() == 1 ? " is" : " are")
              + " copied; building indexes";
      case SWAPPING -> "swapping: the new copy takes the place of the old one";
      case FOLLOWING -> "following its stream";
      case BACKFILLING -> table.backfill().map(BackfillText::withCause).orElse(state.text());
      case STOPPING -> "stopping, because changes were lost";
      case CAUGHT_UP, RETRYING, PAUSED, DONE, FAILED -> state.text();
    };
  }

  private static String toCopy(TableNumbers table) {
    long count = table.ofThisCopy();
    String items = count == 0 ? "" : "about " + Text.count(count, "item") + " ";
    String segments = "in " + Text.count(table.segments().total(), "segment");
    return table
        .segmentsDoneBefore()
        .map(
            done -> items + segments + "; resumed: " + segmentsDone(done, table.segments().total()))
        .orElse(items + segments);
  }

  private static String lag(double seconds) {
    return seconds < 60
        ? String.format(Locale.ROOT, "%.1f s", seconds)
        : Text.duration(Duration.ofSeconds((long) seconds));
  }

  private static String segmentsDone(long done, long all) {
    return Text.count(done, "segment") + " of " + all + " done";
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
        copies(numbers.tables()) + backfills(numbers.tables()));
  }

  private static String backfills(List<TableNumbers> tables) {
    return tables.stream()
        .filter(table -> table.state() == ShownState.BACKFILLING)
        .limit(NAMED)
        .map(table -> "; " + table.name() + " " + state(table))
        .collect(Collectors.joining());
  }

  /** How far the tables are that are being copied, the slowest first. */
  private static String copies(List<TableNumbers> tables) {
    return tables.stream()
        .filter(table -> table.state() == ShownState.COPYING)
        .sorted(Comparator.comparingDouble(TableNumbers::progress))
        .limit(NAMED)
        .map(
            table ->
                "; "
                    + table.name()
                    + " "
                    + Bars.percent(table.progress())
                    + left(table.secondsLeft()))
        .collect(Collectors.joining());
  }

  private static String left(OptionalLong seconds) {
    return seconds.isPresent() ? ", " + left(seconds.getAsLong()).text() : "";
  }

  private static String time(long seconds) {
    return Text.duration(Duration.ofSeconds(Math.max(1, seconds)));
  }
}
