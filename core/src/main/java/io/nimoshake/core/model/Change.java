package io.nimoshake.core.model;

/** What happened to one item: it has this content now, or it is gone. */
public sealed interface Change permits Change.Upsert, Change.Delete {
  ItemKey key();

  /** Bytes held in memory for this change, for budgets and write limits. */
  int sizeBytes();

  /**
   * The item has this content, whatever it had before.
   *
   * @param document the whole item in the encoding of the target, key attributes included
   */
  record Upsert(ItemKey key, Slice document) implements Change {
    @Override
    public int sizeBytes() {
      return key.encoded().length() + document.length();
    }
  }

  /** The item does not exist, whether it did before or not. */
  record Delete(ItemKey key) implements Change {
    @Override
    public int sizeBytes() {
      return key.encoded().length();
    }
  }
}
