package io.nimoshake.mongodb.write;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.types.ObjectId;

/**
 * How the items of one table lie in its collection: the filter that finds an item, and the document
 * that holds it.
 *
 * <p>A <b>tombstone</b> is a document with the key of a deleted item and a field {@link #TOMBSTONE}
 * that holds a <em>date</em>, the time of the delete. The conversion of an item never makes a date.
 * So an item with an attribute of this name is never mistaken for a tombstone.
 *
 * @param id what {@code _id} is
 * @param compositeKey whether the table has a sort key
 * @param keyIndex name of the unique index that keeps items apart
 * @param keyPaths the fields of that index. For {@link IdLayout#OBJECTID} these are the key fields,
 *     or fields such as {@code id.N} if values are typed documents
 * @param typedPaths whether {@code keyPaths} are such fields of typed documents
 */
public record TableLayout(
    IdLayout id, boolean compositeKey, String keyIndex, List<String> keyPaths, boolean typedPaths) {
  public static final String TOMBSTONE = "__nimo_deleted";

  /** The name of the index on {@code _id} that every collection has. */
  static final String ID_INDEX = "_id_";

  static TableLayout byKey(boolean compositeKey) {
    return new TableLayout(IdLayout.KEY, compositeKey, ID_INDEX, List.of("_id"), false);
  }

  /**
   * For documents of a mapping: a key is the document {@code {_id: ...}}, and what it is the key of
   * is the whole document.
   */
  public static TableLayout given(boolean compositeKey) {
    return new TableLayout(IdLayout.GIVEN, compositeKey, ID_INDEX, List.of("_id"), false);
  }

  /** Finds an item, or its tombstone. */
  public BsonDocument filter(ItemKey key) {
    return switch (id) {
      case KEY -> BsonSplice.raw(idOf(key));
      case GIVEN -> BsonSplice.raw(key.encoded());
      case OBJECTID -> {
        RawBsonDocument fields = BsonSplice.raw(key.encoded());
        yield typedPaths ? intoTypes(fields) : fields;
      }
    };
  }

  /** The document to insert if the key is absent. */
  public RawBsonDocument insertion(ItemKey key, Slice item) {
    return id == IdLayout.GIVEN
        ? BsonSplice.raw(item)
        : BsonSplice.raw(BsonSplice.join(newId(key), item));
  }

  /** The same, from its parts. */
  BsonSplice.Pair insertionParts(ItemKey key, Slice item) {
    return new BsonSplice.Pair(newId(key), item);
  }

  /** What an inserted document has before the item. */
  private byte[] newId(ItemKey key) {
    return switch (id) {
      case KEY -> idOf(key);
      case GIVEN -> BsonSplice.NOTHING;
      case OBJECTID -> BsonSplice.idOfObjectId(new ObjectId());
    };
  }

  /**
   * The document that replaces what {@link #filter} finds, or is inserted. It has no generated
   * {@code _id}, so the server keeps the existing one or makes one.
   */
  public RawBsonDocument replacement(ItemKey key, Slice item) {
    return id == IdLayout.KEY ? insertion(key, item) : BsonSplice.raw(item);
  }

  /** The document that replaces an item that was deleted during the copy. */
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

  /** Turns <code>{id: {N: "1"}}</code> into <code>{"id.N": "1"}</code>, which uses the index. */
  private static BsonDocument intoTypes(BsonDocument key) {
    BsonDocument filter = new BsonDocument();
    key.forEach(
        (name, value) ->
            value.asDocument().forEach((type, inner) -> filter.append(name + "." + type, inner)));
    return filter;
  }
}
