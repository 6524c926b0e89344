package io.nimoshake.app.program;

/** The exit codes of the program. */
public final class ExitCode {
  private ExitCode() {}

  /** Everything was done. */
  public static final int DONE = 0;

  /** It finished, but tables failed, items were rejected, or both sides differ. */
  public static final int FAILED_TABLES = 1;

  /** Wrong command line or configuration; nothing was changed. */
  public static final int USAGE = 2;

  /** It could not continue. */
  public static final int FATAL = 3;
}
