package io.nimoshake.dynamodb.source;

import java.time.Duration;

/** How long the service keeps what it does not keep for ever. */
final class Retention {
  /**
   * A record younger than this is never trimmed; an older one may be at any moment.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html#Streams.DataRetention">
   *     Data retention limit for DynamoDB Streams</a>
   */
  static final Duration STREAM = Duration.ofHours(24);

  private Retention() {}
}
