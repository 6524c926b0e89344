package io.nimoshake.core.port;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What {@code check} reads of a target. It changes nothing. Methods block and may be called from
 * several threads. After a {@link Fault} that may pass, the caller calls again.
 *
 * <p>{@link #open} finds out the layout of a table. Call it before all other methods for the table.
 */
public interface TargetReader extends AutoCloseable {
  /** Tables in the target, without the helper collections of a running copy. */
  List<String> tables() throws Fault;

  /** Finds out the layout of a table in the target; false if the table is not there. */
  boolean open(TableSchema table) throws Fault;

  /** Where key and indexes in the target differ from the table's; empty if they do not. */
  List<SchemaDifference> schemaDifferences(TableSchema table) throws Fault;

  /** The largest number of keys in one {@link #fetch}. */
  int maxKeys();

  /**
   * Passes on everything that is stored under these keys, whole and in any order, tombstones
   * included. A key may have no document, or more than one.
   */
  void fetch(TableSchema table, List<ItemKey> keys, Consumer<Stored> each) throws Fault;

  /** Reads one document again, whole; empty if it is gone. */
  Optional<Stored> again(TableSchema table, Stored seen) throws Fault;

  /** Lists everything that is stored, id and key only, in any order, tombstones included. */
  Listing list(TableSchema table) throws Fault;

  /** Up to {@code count} documents chosen at random, whole. */
  List<Stored> sample(TableSchema table, int count) throws Fault;

  @Override
  void close();

  /**
   * A stored document.
   *
   * @param id identifies the document in its table: the same bytes whenever it is read
   * @param key the item key under which it is stored, in the encoding of the target; its bytes may
   *     differ from those that the conversion writes; empty if the document has no key
   * @param document the whole document, or only id and key if it comes from {@link #list}
   * @param tombstone whether the document only says that an item was deleted
   */
  record Stored(Slice id, Optional<ItemKey> key, Slice document, boolean tombstone) {}

  /**
   * A listing under way. Used by one thread. After a {@link Fault} that may pass, the next call
   * goes on where the last batch ended: nothing is skipped, nothing is given twice.
   */
  interface Listing extends AutoCloseable {
    /** The next documents; empty only at the end. */
    List<Stored> next() throws Fault;

    @Override
    void close();
  }

  /**
   * A key or an index that is not as it should be.
   *
   * @param what names the key or the index
   * @param expected what it should be
   * @param found what it is; empty if it does not exist
   */
  record SchemaDifference(String what, String expected, Optional<String> found) {}
}
