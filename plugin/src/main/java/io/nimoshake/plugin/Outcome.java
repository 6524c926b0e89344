package io.nimoshake.plugin;

import org.bson.BsonDocument;

/** What becomes of an item. */
public sealed interface Outcome {
  /**
   * It is a document of this collection.
   *
   * @param fields the document without {@code _id}, which {@link Ids} gives
   */
  record Document(String collection, BsonDocument fields) implements Outcome {}

  /** It has no document. */
  record Ignore() implements Outcome {}

  /**
   * It is a rejected item.
   *
   * @param reason one line for a person
   */
  record Reject(String reason) implements Outcome {}

  static Outcome document(String collection, BsonDocument fields) {
    return new Document(collection, fields);
  }

  static Outcome ignore() {
    return new Ignore();
  }

  static Outcome reject(String reason) {
    return new Reject(reason);
  }
}
