package io.nimoshake.core.port;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The way from a document back to the item that a {@link Mapping} made it from. It knows every
 * table: one without rules has one collection, that of its name.
 *
 * <p>It holds to one law. The item that comes out is one that the mapping makes this very document
 * of; where there is none, the document is rejected. And where the item that is there makes it, the
 * item that is there comes out.
 *
 * <p>A change on its way from MongoDB to DynamoDB has the key in the encoding of MongoDB. The
 * document of an upsert is BSON, {@code {collection: <string>, document: <the stored document>}}:
 * which item a document stands for depends on where it was.
 */
public interface ReverseMapping {
  /** The way back of a table. */
  OfTable of(TableSchema table);

  /**
   * Why documents of these tables have no way back: one line each for a person. Empty if they have.
   */
  List<String> problems(Collection<TableSchema> tables);

  /**
   * The way back of one table. Safe for use by many threads.
   *
   * <p>{@link #keyAt} is for documents whose {@code _id} says what they are: those of a mapping,
   * and those of {@code target.mongodb.id = key}. It is empty if no item of this table has its
   * document there: it may be one of another table that shares the collection, or none at all.
   * Equal keys have equal bytes, whatever types of numbers an application has used.
   */
  interface OfTable extends Places {
    /** Every collection that documents of the table may be in. */
    List<String> collections();

    /**
     * The key that the attributes of a document say, for a table without rules whose {@code _id} is
     * generated ({@code target.mongodb.id = objectid}); empty if they are not those of a key.
     *
     * @param document the whole document, or at least its key attributes
     */
    Optional<ItemKey> keyIn(Slice document);

    /** Whether documents differ from items by more than their {@code _id}. */
    boolean changesDocuments();

    /**
     * The item that this document stands for. It has the attributes as the conversion names and
     * writes them, and no {@code _id}.
     *
     * @param key the key of the item, which {@link #keyAt} or {@link #keyIn} gave
     * @param document the whole document, {@code _id} included
     * @param there the item of this key that is there, converted; empty if there is none
     */
    Inverse invert(ItemKey key, String collection, Slice document, Optional<Slice> there);
  }

  /** What becomes of a document. */
  sealed interface Inverse {
    /** It is this item. */
    record Item(Slice attributes) implements Inverse {}

    /** No item is this document: one line for a person, with the path of the field. */
    record Rejection(String reason) implements Inverse {}
  }
}
