package io.nimoshake.app.progress;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Lines with a progress bar, one below the other, for the terminal: the same in every command. All
 * lines fit in the width of the terminal. Long names are shortened in the middle, and numbers are
 * left out, the least important first.
 */
public final class Bars {
  private static final String INDENT = "  ";
  private static final int WORD_WIDTH = 10;

  /** Of narrow, usual and wide terminals. */
  private static final Layout[] LAYOUTS = {
    new Layout(0, 16, 8), new Layout(100, 22, 12), new Layout(120, 30, 20)
  };

  private static final boolean BLOCKS = Terminal.hasBlocks();
  private static final String FULL = BLOCKS ? "█" : "#";
  private static final String EMPTY = BLOCKS ? "░" : "-";

  private record Layout(int leastColumns, int nameWidth, int barWidth) {
    static Layout of(int columns) {
      Layout fitting = LAYOUTS[0];
      for (Layout layout : LAYOUTS) {
        fitting = columns >= layout.leastColumns ? layout : fitting;
      }
      return fitting;
    }
  }

  /**
   * A number at the end of a line.
   *
   * @param importance the least important ones are left out first
   */
  public record Part(String text, int importance) {}

  /**
   * One line.
   *
   * @param progress from 0 to 1
   * @param word what it does, in a word; may be empty
   * @param parts in the order in which they are shown
   */
  public record Row(String name, double progress, String word, List<Part> parts) {
    public Row {
      parts = List.copyOf(parts);
    }
  }

  private Bars() {}

  /** The rows as lines that are no longer than this number of columns. */
  public static List<String> lines(List<Row> rows, int columns) {
    Layout layout = Layout.of(columns);
    int longest = rows.stream().mapToInt(row -> row.name().length()).max().orElse(0);
    int nameWidth = Math.min(longest, layout.nameWidth());
    return rows.stream().map(row -> line(row, nameWidth, layout.barWidth(), columns)).toList();
  }

  private static String line(Row row, int nameWidth, int barWidth, int columns) {
    int full = (int) Math.floor(row.progress() * barWidth);
    String head =
        String.format(
            Locale.ROOT,
            "%s%-" + Math.max(1, nameWidth) + "s %s%s %4s %-" + WORD_WIDTH + "s ",
            INDENT,
            shorten(row.name(), nameWidth),
            FULL.repeat(full),
            EMPTY.repeat(barWidth - full),
            percent(row.progress()),
            row.word());
    String line = head + String.join(", ", fitting(row.parts(), columns - head.length()));
    return line.length() <= columns ? line : line.substring(0, columns);
  }

  private static List<String> fitting(List<Part> parts, int room) {
    List<Part> kept = new ArrayList<>(parts);
    while (!kept.isEmpty() && length(kept) > room) {
      kept.remove(kept.stream().min(Comparator.comparingInt(Part::importance)).orElseThrow());
    }
    return kept.stream().map(Part::text).toList();
  }

  private static int length(List<Part> parts) {
    return parts.stream().mapToInt(part -> part.text().length() + 2).sum() - 2;
  }

  /** A share for people; what is not done is never shown as 100 %. */
  static String percent(double progress) {
    return String.format(Locale.ROOT, "%.0f%%", Math.floor(progress * 100));
  }

  /** Keeps both ends, because names of tables often begin alike. */
  private static String shorten(String name, int width) {
    if (name.length() <= width) {
      return name;
    }
    int end = (width - 1) / 2;
    return name.substring(0, width - 1 - end) + "~" + name.substring(name.length() - end);
  }
}
