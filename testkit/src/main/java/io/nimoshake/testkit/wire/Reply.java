package io.nimoshake.testkit.wire;

/** What a client gets to see. */
public sealed interface Reply {
  /** The whole answer. */
  record Whole(Answer answer) implements Reply {}

  /** The headers and half of the body; then the connection is closed. */
  record Half(Answer answer) implements Reply {}

  /** Nothing: the connection is closed. */
  record None() implements Reply {}
}
