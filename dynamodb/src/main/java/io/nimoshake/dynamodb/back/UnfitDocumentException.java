package io.nimoshake.dynamodb.back;

/** No item of DynamoDB can hold a document. The message is one line for a person, with the path. */
public final class UnfitDocumentException extends Exception {
  private static final long serialVersionUID = 1;

  UnfitDocumentException(String reason) {
    super(reason, null, false, false);
  }
}
