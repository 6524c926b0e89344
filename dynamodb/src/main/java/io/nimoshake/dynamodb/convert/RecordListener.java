package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.ItemKey;
import java.time.Instant;
import java.util.Optional;

/** What the decoder of stream records asks its reader. */
public interface RecordListener {
  /**
   * Whether deletes by time to live are written ({@code increase.ttl_delete}). If not, their
   * records count as skipped.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html">
   *     Amazon DynamoDB Developer Guide, DynamoDB Streams and Time to Live</a>
   */
  boolean propagateTtlDeletes();

  /**
   * Which items are wanted; empty: all. A record whose new image does not pass becomes a delete of
   * its key: the item may have passed before.
   */
  Optional<JsonFilter> filter();

  /**
   * The record of an insert or update does not hold the item (view type KEYS_ONLY or OLD_IMAGE).
   * The reader reads the item and adds it to the batch, or skips the record if the item no longer
   * exists. The decoder has not counted the record yet. Called after all other records of the page
   * were added, in the order of the records.
   *
   * @param keyJson the key as DynamoDB JSON
   * @param key the key in the encoding of the target
   * @param created the record's creation time
   */
  void imageMissing(String keyJson, ItemKey key, Instant created);
}
