package io.nimoshake.mongodb.write;

/** What becomes the {@code _id} of a document ({@code target.mongodb.id}). */
public enum IdLayout {
  /**
   * The key of the item: its value, or the document {@code {hash, range}} if there is a sort key.
   * This needs no index besides the one on {@code _id}.
   */
  KEY,
  /**
   * A generated ObjectId. A unique index on the key fields keeps items apart. This is the layout of
   * the Go tool. A collection that has it already keeps it, whatever is configured.
   */
  OBJECTID,
  /** What a mapping says: documents come with their {@code _id}. No configuration sets this. */
  GIVEN
}
