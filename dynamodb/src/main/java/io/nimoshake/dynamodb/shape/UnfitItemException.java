package io.nimoshake.dynamodb.shape;

/** An item cannot have the shape that the mapping wants. The message is one line for a person. */
public final class UnfitItemException extends Exception {
  private static final long serialVersionUID = 1;

  UnfitItemException(String message) {
    super(message);
  }
}
