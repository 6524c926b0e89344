package io.nimoshake.plugin;

import java.util.List;

/**
 * Maps the items of one table. Many threads call it at the same time.
 *
 * <p>If a method throws, the item is a rejected item, and the exception is its reason. An answer
 * that breaks the contract makes the item a rejected item, too.
 */
public interface TableMapper {
  /**
   * Returns every collection that an item of this table may go to. Called once. Another table must
   * not use the same collections.
   */
  List<Collection> collections();

  /**
   * Returns the names of the collections in which an item with this key may be. A delete in
   * DynamoDB gives nothing but the key, so nimo-shake deletes the document in each of these
   * collections. When an item is written to one of them, it is deleted in the others. The default
   * is all collections, which is always correct. Fewer collections are less work for the target.
   *
   * @param key the key attributes of an item and nothing else
   */
  default List<String> candidates(Item key) {
    return collections().stream().map(Collection::name).toList();
  }

  /** Returns what becomes of an item. */
  Outcome map(Item item);
}
