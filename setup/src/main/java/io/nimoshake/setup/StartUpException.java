package io.nimoshake.setup;

/** A sync cannot start. Nothing was changed. The message is one line for a person. */
public final class StartUpException extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean reachable;

  private StartUpException(boolean reachable, String message, Throwable cause) {
    super(message, cause);
    this.reachable = reachable;
  }

  /** A server does not answer. It may answer later. */
  static StartUpException unreachable(String message, Throwable cause) {
    return new StartUpException(false, message, cause);
  }

  /** The request is wrong. Starting again without a change fails again. */
  public static StartUpException refused(String message, Throwable cause) {
    return new StartUpException(true, message, cause);
  }

  /** Whether the servers answered and refused, so that the request is wrong. */
  public boolean isRefusal() {
    return reachable;
  }
}
