package io.nimoshake.dynamodb.source;

import java.time.Duration;

/** How long the service keeps stream records. */
final class Retention {
  /**
   * The service never trims a younger record. It may trim an older one at any moment.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html#Streams.DataRetention">
   *     Data retention limit for DynamoDB Streams</a>
   */
  static final Duration STREAM = Duration.ofHours(24);

  private Retention() {}
}
