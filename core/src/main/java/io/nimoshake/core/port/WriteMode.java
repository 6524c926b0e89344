package io.nimoshake.core.port;

/** How a batch meets what is already in the target. Every mode may be repeated without harm. */
public enum WriteMode {
  /**
   * Copied items are inserted where their key is absent; what is there (an item from the stream, or
   * a tombstone) stays.
   */
  COPY_IF_ABSENT,
  /** Copied items replace what is there. */
  COPY_REPLACE,
  /** While the copy runs: upserts replace or insert; deletes leave a tombstone. */
  STREAM_WITH_TOMBSTONES,
  /** Upserts replace or insert; deletes remove the item or its tombstone. */
  STREAM
}
