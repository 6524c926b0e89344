package io.nimoshake.dynamodb.back;

/**
 * What a date that an application wrote becomes in DynamoDB, which has none ({@code back.date}).
 */
public enum DateForm {
  /** A string such as {@code 2026-11-28T12:00:03Z}, with milliseconds where there are some. */
  ISO8601,
  /** A number of seconds since 1970, with milliseconds as a fraction. */
  EPOCH_SECONDS,
  /** A number of milliseconds since 1970. */
  EPOCH_MILLIS
}
