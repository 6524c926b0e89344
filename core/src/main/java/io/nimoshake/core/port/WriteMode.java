package io.nimoshake.core.port;

/** What a batch does with documents that are there already. Every mode may be repeated. */
public enum WriteMode {
  /**
   * Copied items are inserted where their key is absent. What is there stays: an item from the
   * stream, or a tombstone.
   */
  COPY_IF_ABSENT,
  /** Copied items replace what is there. */
  COPY_REPLACE,
  /** While the copy runs: upserts replace or insert; deletes leave a tombstone. */
  STREAM_WITH_TOMBSTONES,
  /** Upserts replace or insert; deletes remove the item or its tombstone. */
  STREAM
}
