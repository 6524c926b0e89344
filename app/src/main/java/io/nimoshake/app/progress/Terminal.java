package io.nimoshake.app.progress;

import java.util.Locale;

/** The terminal of this process, as the launcher script found it at the start. */
public final class Terminal {
  /** The width of what is not a terminal: nothing is cut. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  private static final int USUAL_COLUMNS = 80;

  private Terminal() {}

  /** Whether standard output is a terminal. */
  public static boolean isThere() {
    return Boolean.getBoolean("nimoshake.terminal");
  }

  /** How many characters a line has; {@link #UNLIMITED} if standard output is not a terminal. */
  public static int columns() {
    int columns = Integer.getInteger("nimoshake.columns", 0);
    return isThere() ? columns > 0 ? columns : USUAL_COLUMNS : UNLIMITED;
  }

  /** Whether it shows more than ASCII. */
  static boolean hasBlocks() {
    return System.getProperty("native.encoding", "").toUpperCase(Locale.ROOT).contains("UTF");
  }
}
