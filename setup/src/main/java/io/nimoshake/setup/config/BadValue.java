package io.nimoshake.setup.config;

/** A value is not allowed. The message ends a sentence and says which values are allowed. */
final class BadValue extends Exception {
  private static final long serialVersionUID = 1;

  BadValue(String message) {
    super(message);
  }
}
