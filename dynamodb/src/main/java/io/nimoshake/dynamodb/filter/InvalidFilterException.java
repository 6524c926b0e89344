package io.nimoshake.dynamodb.filter;

/**
 * DynamoDB refuses the expression, or would. The message continues a sentence that begins with the
 * expression.
 */
public final class InvalidFilterException extends Exception {
  private static final long serialVersionUID = 1;

  public InvalidFilterException(String message) {
    super(message);
  }
}
