package io.nimoshake.core.model;

/** How far a split has been read; where the next reader of it begins. Never an iterator. */
public sealed interface Position
    permits Position.Beginning, Position.At, Position.After, Position.End {
  Position BEGINNING = new Beginning();
  Position END = new End();

  static Position after(String token) {
    return new After(token);
  }

  /** Before the first item; for a shard: TRIM_HORIZON. */
  record Beginning() implements Position {}

  /** At this sequence number, it included: only taken over from the Go tool's checkpoints. */
  record At(String token) implements Position {}

  /**
   * After this token: the last evaluated key of a Scan page as DynamoDB JSON, or the sequence
   * number of a record.
   */
  record After(String token) implements Position {}

  /** All of it was read. */
  record End() implements Position {}
}
