package io.nimoshake.plugin;

import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/**
 * How the documents of a collection get their {@code _id}. It is made from the key alone, because a
 * delete in DynamoDB gives nothing else. Two keys must never have the same {@code _id}: one of the
 * items would be lost. So there are two methods, and each undoes the other. nimo-shake calls both
 * for every item. If the second one does not return the key, the item is a rejected item.
 */
public interface Ids {
  /**
   * Returns the {@code _id} of the document of an item: a string, an int64, an ObjectId, a binary
   * value, a date, a bool, or a document of these. Other types are not allowed, because MongoDB
   * takes some of their values for equal that differ in BSON.
   *
   * @param key the key attributes of the item and nothing else
   * @return empty if no item with this key goes to this collection
   */
  Optional<BsonValue> of(Item key);

  /**
   * Returns the key from which {@link #of} made this {@code _id}: the key attributes and nothing
   * else.
   */
  BsonDocument keyOf(BsonValue id);
}
