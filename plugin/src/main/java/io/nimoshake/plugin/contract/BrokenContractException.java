package io.nimoshake.plugin.contract;

/** A plug-in threw an exception, or gave an answer that its contract does not allow. */
public final class BrokenContractException extends Exception {
  private static final long serialVersionUID = 1;

  BrokenContractException(String message) {
    super(message);
  }

  BrokenContractException(String message, Throwable cause) {
    super(message, cause);
  }
}
