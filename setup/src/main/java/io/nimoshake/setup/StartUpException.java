package io.nimoshake.setup;

/** A sync cannot begin, and nothing was touched. The message is one line for a person. */
public final class StartUpException extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean reachable;

  private StartUpException(boolean reachable, String message, Throwable cause) {
    super(message, cause);
    this.reachable = reachable;
  }

  /** Something does not answer; another time it may. */
  static StartUpException unreachable(String message, Throwable cause) {
    return new StartUpException(false, message, cause);
  }

  /** What is asked for cannot be: the configuration must change, or the world. */
  public static StartUpException refused(String message, Throwable cause) {
    return new StartUpException(true, message, cause);
  }

  /** Whether everything answered, so that it is the request that is wrong. */
  public boolean isRefusal() {
    return reachable;
  }
}
