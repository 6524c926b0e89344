package io.nimoshake.core.port;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
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

  /** Changes when the mapping does; part of the checkpoint. */
  String digest();

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
   * @param indexes to build when the copy ends
   */
  record Destination(String collection, List<Index> indexes) {
    public Destination {
      indexes = List.copyOf(indexes);
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

    /** The item cannot be mapped: one line for a person, with the attribute path. */
    void reject(String reason);
  }
}
