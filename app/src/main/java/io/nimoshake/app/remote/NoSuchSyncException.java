package io.nimoshake.app.remote;

/** The sync of a configuration cannot be asked. The message is one line for a person. */
public final class NoSuchSyncException extends Exception {
  private static final long serialVersionUID = 1;

  /** Why it cannot be asked. */
  public enum Reason {
    /** No process listens, or another sync does. */
    NOT_RUNNING,
    /** A process listens, but does not answer in time or breaks off. */
    BUSY,
    /** The sync answers, and refuses the request. */
    REFUSED
  }

  private final Reason reason;

  NoSuchSyncException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
