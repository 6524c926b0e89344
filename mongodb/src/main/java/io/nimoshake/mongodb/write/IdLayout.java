package io.nimoshake.mongodb.write;

/** What the {@code _id} of a document is ({@code target.mongodb.id}). */
public enum IdLayout {
  /**
   * The item's key: its value, or the document {@code {hash, range}} where there is a sort key. One
   * index fewer, and writes find their document by {@code _id}.
   */
  KEY,
  /**
   * Generated; a unique index on the key fields keeps items apart. The Go tool's layout, and found
   * out by itself where a collection already has it.
   */
  OBJECTID
}
