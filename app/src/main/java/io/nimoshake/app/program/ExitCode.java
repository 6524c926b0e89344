package io.nimoshake.app.program;

/** What the program's exit code says to a script. */
public final class ExitCode {
  private ExitCode() {}

  /** All was done. */
  public static final int DONE = 0;

  /** It finished, and some tables failed or both sides differ. */
  public static final int FAILED_TABLES = 1;

  /** Wrong command line or configuration; nothing was touched. */
  public static final int USAGE = 2;

  /** It could not go on. */
  public static final int FATAL = 3;
}
