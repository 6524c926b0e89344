package io.nimoshake.setup.config;

/** A value a key cannot have; the message says what would be right, as the end of a sentence. */
final class BadValue extends Exception {
  private static final long serialVersionUID = 1;

  BadValue(String message) {
    super(message);
  }
}
