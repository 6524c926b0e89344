package io.nimoshake.core.port;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The shape in which items arrive in a target that holds documents: in which collection, under
 * which {@code _id}, with which attributes. It is a pure function of table and item. The {@code
 * _id} depends on the key alone, so that a delete, which knows nothing else, finds its documents;
 * two items never have one document.
 */
public interface Mapping {
  /** The rules of a table; empty if it goes, as it is, to the collection of its name. */
  Optional<OfTable> of(TableSchema table);

  /**
   * Why this mapping cannot be used for these tables together: one line each for a person. Empty if
   * every item has a document of its own.
   *
   * @param tables every table that is synced, mapped or not
   */
  List<String> problems(Collection<TableSchema> tables);

  /** Every table goes, as it is, to the collection of its name. */
  Mapping NONE =
      new Mapping() {
        @Override
        public Optional<OfTable> of(TableSchema table) {
          return Optional.empty();
        }

        @Override
        public List<String> problems(Collection<TableSchema> tables) {
          return List.of();
        }
      };

  /** What happens to the items of one table. Safe for use by many threads. */
  interface OfTable {
    /** Every collection that an item of the table may go to. */
    List<Destination> destinations();

    /** Maps items. One for each thread. */
    Mapper mapper();
  }

  /**
   * A collection of a table.
   *
   * @param shared whether documents of other tables may be in it, too
   * @param indexes that the mapping asks for, to build when the copy ends
   * @param secondaryIndexes the secondary indexes of the table whose attributes the documents still
   *     have, by the names that the attributes have there
   */
  record Destination(
      String collection,
      boolean shared,
      List<Index> indexes,
      List<TableSchema.SecondaryIndex> secondaryIndexes) {
    public Destination {
      indexes = List.copyOf(indexes);
      secondaryIndexes = List.copyOf(secondaryIndexes);
    }
  }

  /**
   * An index that the mapping asks for.
   *
   * @param keys field paths and 1, -1, {@code hashed}, {@code text} or {@code 2dsphere}, in order
   * @param name empty for the target's own choice
   */
  record Index(
      Map<String, Object> keys,
      Optional<String> name,
      boolean unique,
      boolean sparse,
      OptionalLong expireAfterSeconds) {}

  /** Maps one item at a time. Not safe for use by several threads. */
  interface Mapper {
    /**
     * Says where an item's document goes, and where else a former document of it may be.
     *
     * @param item the whole item as BSON without {@code _id}
     */
    void upsert(ItemKey key, Slice item, Placements into);

    /** Says where documents of a deleted item may be. */
    void delete(ItemKey key, Placements into);
  }

  /** Takes what becomes of one item. Destinations are numbered as in {@link OfTable}. */
  interface Placements {
    /**
     * This document is to be there. Told before the deletes of the same item, so that a reader who
     * looks meanwhile may see both documents, and never none.
     *
     * @param id the document {@code {_id: ...}}
     * @param document the whole document, {@code _id} first
     */
    void upsert(int destination, Slice id, Slice document);

    /** No document of this id is to be there. */
    void delete(int destination, Slice id);

    /**
     * The item cannot be mapped, or its delete cannot: one line for a person, with the attribute
     * path. A delete without a place would leave documents behind, so it fails the table.
     */
    void reject(String reason);

    /**
     * The item cannot be mapped because of one of its values.
     *
     * @param value the value in few words
     */
    default void reject(String reason, String value) {
      reject(reason + ": " + value);
    }
  }
}
