package io.nimoshake.dynamodb.convert;

/** Converts items to the encoding of a target. Not thread-safe. */
interface ItemWriter {
  /**
   * Reads the item at the cursor and appends its document, then its key.
   *
   * @param image whether the item is the image of a stream record; a value without a type is an
   *     empty map there
   * @return the position in {@code out} where the document ends and the key begins
   * @throws BadItemException if the item cannot be converted; the caller then discards what was
   *     appended and moves the cursor behind the item
   */
  int item(JsonCursor in, BsonBuffer out, boolean image)
      throws MalformedPageException, BadItemException;

  /** Reads a map of only the key attributes and appends the key. */
  void key(JsonCursor in, BsonBuffer out) throws MalformedPageException, BadItemException;
}
