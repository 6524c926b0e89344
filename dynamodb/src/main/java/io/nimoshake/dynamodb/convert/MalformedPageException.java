package io.nimoshake.dynamodb.convert;

import java.io.IOException;

/**
 * A response that is not valid JSON or not shaped like what was asked for. Nothing of it was used:
 * the page can be asked for again.
 */
public final class MalformedPageException extends IOException {
  private static final long serialVersionUID = 1;

  public MalformedPageException(String message) {
    super(message);
  }
}
