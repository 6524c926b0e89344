package io.nimoshake.mapping.rule;

/** What becomes of an item that a rule matches. */
public sealed interface Outcome {
  /** It is a document of this collection. */
  record ToCollection(String collection) implements Outcome {}

  /** It has no document. */
  record Ignore() implements Outcome {}

  /** It is a rejected item. */
  record Fail() implements Outcome {}
}
