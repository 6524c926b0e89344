package io.nimoshake.dynamodb.convert;

/**
 * One item cannot be converted; the other items of its page can. It has no stack trace, because it
 * never leaves this package.
 */
final class BadItemException extends Exception {
  private static final long serialVersionUID = 1;

  BadItemException(String reason) {
    super(reason, null, false, false);
  }
}
