package io.nimoshake.dynamodb.convert;

/**
 * One item cannot be converted; the rest of its page can. Costs no stack trace: it never leaves.
 */
final class BadItemException extends Exception {
  private static final long serialVersionUID = 1;

  BadItemException(String reason) {
    super(reason, null, false, false);
  }
}
