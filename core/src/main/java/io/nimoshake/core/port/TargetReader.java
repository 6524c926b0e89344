package io.nimoshake.core.port;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What verification reads of a target. Methods block and may be called from several threads; a
 * {@link Fault} that may pass is thrown and the caller comes again. Nothing is changed.
 *
 * <p>A table must be {@link #open}ed in this process before anything else is asked of it: that is
 * where its layout is found out.
 */
public interface TargetReader extends AutoCloseable {
  /** Tables that are there, without helpers of a running copy. */
  List<String> tables() throws Fault;

  /** Finds out how a table lies in the target; false if it is not there. */
  boolean open(TableSchema table) throws Fault;

  /** What is not as the table's key and secondary indexes want it; empty if all is. */
  List<SchemaDifference> schemaDifferences(TableSchema table) throws Fault;

  /** Most keys of one {@link #fetch}. */
  int maxKeys();

  /**
   * Gives what is stored under these keys, whole, tombstones included, in any order. What is not
   * there is not given; two documents of one key are given both.
   */
  void fetch(TableSchema table, List<ItemKey> keys, Consumer<Stored> each) throws Fault;

  /** Reads one thing again, whole; empty if it is gone. */
  Optional<Stored> again(TableSchema table, Stored seen) throws Fault;

  /**
   * Begins to go through all that is stored, key and id only, in any order, tombstones included.
   */
  Listing list(TableSchema table) throws Fault;

  /** Some of what is stored, chosen at random, whole; fewer where there are not so many. */
  List<Stored> sample(TableSchema table, int count) throws Fault;

  @Override
  void close();

  /**
   * Something stored.
   *
   * @param id what tells it from all others in its table; the same bytes whenever it is read
   * @param key the key it is found by, in the encoding of the target but not necessarily in the
   *     bytes that a conversion writes; empty if it has none
   * @param document all of it, or id and key from a {@link #list}
   * @param tombstone whether it only says that an item was deleted
   */
  record Stored(Slice id, Optional<ItemKey> key, Slice document, boolean tombstone) {}

  /** A way through everything. Used by one thread; of no use after a {@link Fault}. */
  interface Listing extends AutoCloseable {
    /** Some more; empty at the end only. */
    List<Stored> next() throws Fault;

    @Override
    void close();
  }

  /**
   * @param what the key or the index
   * @param expected what it should be
   * @param found what it is; empty if it is not there
   */
  record SchemaDifference(String what, String expected, Optional<String> found) {}
}
