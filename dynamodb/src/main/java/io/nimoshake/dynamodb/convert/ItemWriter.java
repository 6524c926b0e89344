package io.nimoshake.dynamodb.convert;

/** Converts one item in the encoding of a target. Not for use by several threads. */
interface ItemWriter {
  /**
   * Appends the document of the item at the cursor, then its key.
   *
   * @param image whether it is the image of a stream record, where a value without a type is an
   *     empty map
   * @return where in {@code out} the document ends and the key begins
   * @throws BadItemException if it cannot be converted; what was appended is then worthless, and
   *     the cursor is anywhere in the item
   */
  int item(JsonCursor in, BsonBuffer out, boolean image)
      throws MalformedPageException, BadItemException;

  /** Appends the key from a map that holds the key attributes only. */
  void key(JsonCursor in, BsonBuffer out) throws MalformedPageException, BadItemException;
}
