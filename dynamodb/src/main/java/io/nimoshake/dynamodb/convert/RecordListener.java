package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.ItemKey;
import java.time.Instant;

/** What a reader of stream records decides, and what it has to do itself. */
public interface RecordListener {
  /**
   * Whether deletes made by the table's time to live are written ({@code increase.ttl_delete}); if
   * not, they count as skipped.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html">
   *     Amazon DynamoDB Developer Guide, DynamoDB Streams and Time to Live</a>
   */
  boolean propagateTtlDeletes();

  /**
   * An item was inserted or modified, but the record does not hold it (view type KEYS_ONLY or
   * OLD_IMAGE): the item is to be read back and added, or deleted if it is gone. The record is not
   * counted before that. Called after the rest of the page was added, in the order of the records.
   *
   * @param keyJson the key as DynamoDB JSON
   * @param key the key in the encoding of the target
   * @param created when the record was made
   */
  void imageMissing(String keyJson, ItemKey key, Instant created);
}
