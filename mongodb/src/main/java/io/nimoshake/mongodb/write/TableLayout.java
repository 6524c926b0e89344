package io.nimoshake.mongodb.write;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.types.ObjectId;

/**
 * How the items of one table lie in its collection: how one is found, and what bytes stand for it.
 *
 * <p><b>Tombstones</b> are documents with the item's key and a field {@link #TOMBSTONE} that holds
 * a <em>date</em>, the time of the delete. No conversion of an item ever makes a date, so an item
 * with an attribute of that name, whatever it holds, is never taken for a tombstone.
 *
 * @param id what {@code _id} is
 * @param compositeKey whether the key has a sort key
 * @param keyIndex name of the unique index that keeps items apart
 * @param keyPaths the fields under that index for {@link IdLayout#OBJECTID}: the key fields, or
 *     {@code name.N} inside them where values are typed documents
 * @param typedPaths whether {@code keyPaths} are of the second kind
 */
public record TableLayout(
    IdLayout id, boolean compositeKey, String keyIndex, List<String> keyPaths, boolean typedPaths) {
  public static final String TOMBSTONE = "__nimo_deleted";

  /** The name of the index every collection has on {@code _id}. */
  static final String ID_INDEX = "_id_";

  static TableLayout byKey(boolean compositeKey) {
    return new TableLayout(IdLayout.KEY, compositeKey, ID_INDEX, List.of("_id"), false);
  }

  /** Finds the item, or its tombstone. */
  public BsonDocument filter(ItemKey key) {
    if (id == IdLayout.KEY) {
      return BsonSplice.raw(idOf(key));
    }
    RawBsonDocument fields = BsonSplice.raw(key.encoded());
    return typedPaths ? intoTypes(fields) : fields;
  }

  /** The document to insert for an item that is not there. */
  public RawBsonDocument insertion(ItemKey key, Slice item) {
    byte[] first = id == IdLayout.KEY ? idOf(key) : BsonSplice.idOfObjectId(new ObjectId());
    return BsonSplice.raw(BsonSplice.join(first, item));
  }

  /**
   * The document to put in the place of what {@link #filter} finds, or to insert. A generated
   * {@code _id} is left out: the server keeps the one that is there or makes one.
   */
  public RawBsonDocument replacement(ItemKey key, Slice item) {
    return id == IdLayout.KEY ? insertion(key, item) : BsonSplice.raw(item);
  }

  /** What stands where an item was deleted while the copy runs. */
  RawBsonDocument tombstone(ItemKey key, long deletedAtMillis) {
    byte[] marker = BsonSplice.date(TOMBSTONE, deletedAtMillis);
    byte[] marked = BsonSplice.join(key.encoded().copy(), Slice.of(marker));
    return replacement(key, Slice.of(marked));
  }

  private byte[] idOf(ItemKey key) {
    return compositeKey
        ? BsonSplice.idOfDocument(key.encoded())
        : BsonSplice.idOfValue(key.encoded());
  }

  /** <code>{id: {N: "1"}}</code> as <code>{"id.N": "1"}</code>, which the index serves. */
  private static BsonDocument intoTypes(BsonDocument key) {
    BsonDocument filter = new BsonDocument();
    key.forEach(
        (name, value) ->
            value.asDocument().forEach((type, inner) -> filter.append(name + "." + type, inner)));
    return filter;
  }
}
