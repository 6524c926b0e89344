package io.nimoshake.dynamodb.convert;

import java.io.IOException;

/**
 * A response is not valid JSON or does not have the expected form. Nothing of it was used, so the
 * call can be repeated.
 */
public final class MalformedPageException extends IOException {
  private static final long serialVersionUID = 1;

  public MalformedPageException(String message) {
    super(message);
  }
}
