package io.nimoshake.mapping.plain;

import org.bson.BsonDocument;

/** What should be in the target for an item, for those who compare. */
public sealed interface Expected {
  /**
   * This document.
   *
   * @param document the whole document, {@code _id} first
   */
  record Document(String collection, BsonDocument document) implements Expected {}

  /** No document: the mapping ignores the item. */
  record Nothing() implements Expected {}

  /**
   * Nobody knows: the mapping rejects the item.
   *
   * @param reason for people
   */
  record Rejected(String reason) implements Expected {}
}
