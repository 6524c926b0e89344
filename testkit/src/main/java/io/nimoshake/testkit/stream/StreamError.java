package io.nimoshake.testkit.stream;

import io.nimoshake.testkit.wire.Answer;

/** A call that is answered with an exception of the service. */
final class StreamError extends Exception {
  private static final String DYNAMODB = "com.amazonaws.dynamodb.v20120810#";

  private final transient Answer answer;

  StreamError(Answer answer) {
    super("status " + answer.status());
    this.answer = answer;
  }

  Answer answer() {
    return answer;
  }

  static StreamError resourceNotFound(String what) {
    return of(DYNAMODB + "ResourceNotFoundException", "Requested resource not found: " + what);
  }

  static StreamError trimmed() {
    return of(
        DYNAMODB + "TrimmedDataAccessException",
        "The operation attempted to read past the oldest stream record in a shard");
  }

  static StreamError expiredIterator() {
    return of(DYNAMODB + "ExpiredIteratorException", "The iterator has expired");
  }

  static StreamError invalid(String what) {
    return of("com.amazon.coral.validate#ValidationException", what);
  }

  private static StreamError of(String type, String message) {
    return new StreamError(Answer.error(400, type, message));
  }
}
