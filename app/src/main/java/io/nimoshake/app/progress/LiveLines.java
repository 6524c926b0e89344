package io.nimoshake.app.progress;

import java.io.PrintStream;
import java.util.List;

/** Lines at the bottom of a terminal that are drawn again and again. Not thread-safe. */
public final class LiveLines {
  private static final String CURSOR_UP = "\u001b[%dA";
  private static final String CLEAR_TO_END = "\r\u001b[J";

  /** If a line wrapped, the number of lines to move up would not be known. */
  private static final String NO_WRAP = "\u001b[?7l";

  private static final String WRAP = "\u001b[?7h";

  private final PrintStream out;
  private List<String> drawn = List.of();

  /**
   * @param out a terminal that understands ANSI sequences
   */
  public LiveLines(PrintStream out) {
    this.out = out;
  }

  /** Draws these lines in the place of those drawn last. */
  public void draw(List<String> lines) {
    draw("", lines);
  }

  /** Prints text, which ends with a line break, above the lines. */
  void printAbove(String text) {
    draw(text, drawn);
  }

  /** Removes the lines, so that the next output takes their place. */
  public void clear() {
    draw(List.of());
  }

  /** Prints everything in one call, so that no half frame is seen. */
  private void draw(String above, List<String> lines) {
    StringBuilder frame = new StringBuilder();
    if (!drawn.isEmpty()) {
      frame.append(String.format(CURSOR_UP, drawn.size()));
    }
    frame.append(CLEAR_TO_END).append(above).append(NO_WRAP);
    lines.forEach(line -> frame.append(line).append('\n'));
    out.print(frame.append(WRAP));
    out.flush();
    drawn = List.copyOf(lines);
  }
}
