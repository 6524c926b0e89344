package io.nimoshake.core.model;

/** How far a split is read, and where its next reader begins. Never a shard iterator. */
public sealed interface Position
    permits Position.Beginning, Position.At, Position.After, Position.End {
  Position BEGINNING = new Beginning();
  Position END = new End();

  static Position after(String token) {
    return new After(token);
  }

  /** Before the first item; for a shard: TRIM_HORIZON. */
  record Beginning() implements Position {}

  /** At this sequence number, including it. Comes only from checkpoints of the Go tool. */
  record At(String token) implements Position {}

  /**
   * After this token: the last evaluated key of a Scan page as DynamoDB JSON, the number of items
   * of an export's file, the sequence number of a record, or where a change stream goes on.
   */
  record After(String token) implements Position {}

  /** Behind the last item: everything was read. */
  record End() implements Position {}
}
