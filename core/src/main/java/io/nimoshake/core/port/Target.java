package io.nimoshake.core.port;

import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Page;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.TableSchema;
import java.util.List;

/**
 * Where items are written. Methods block and may be called from several threads. After a {@link
 * Fault} that may pass, the caller calls again with the same arguments, so every method can be
 * repeated. To add a target, implement this interface and pass {@code TargetConformance} of the
 * testkit.
 */
public interface Target extends AutoCloseable {
  /** What the target can do and how much it takes in one {@link #write}. */
  Capabilities capabilities();

  /**
   * Makes the table's collection ready to be written: the index of its key and, where the copy may
   * leave tombstones, an index to find them.
   *
   * @return whether the collection holds nothing but what this sync writes
   */
  Prepared prepare(TableSchema table, Existing existing) throws Fault;

  /**
   * Writes changes of distinct keys, in any order and in parallel, and returns when all but the
   * rejected are durable (for MongoDB: majority write concern).
   *
   * @return the changes the target refuses for good
   * @throws Fault if some may not have been written; the caller then writes the same changes again
   */
  List<Rejected> write(TableSchema table, List<Change> changes, WriteMode mode) throws Fault;

  /**
   * Writes a page of a copy, whole, and returns when it is durable. The pages of a split come one
   * after the other; those of several splits come in parallel. A page may come again, even if the
   * call for it or for later pages has succeeded: after a crash, a split goes on where an earlier
   * page ended. So the page takes the place of everything of its split that is behind {@link
   * Page#from}.
   *
   * <p>Only a target that {@linkplain Capabilities#appends appends} needs this. It gets pages
   * without changes, too, and at last one that ends at {@link
   * io.nimoshake.core.model.Position#END}. Others find items by their keys.
   *
   * @return the changes the target refuses for good
   */
  default List<Rejected> writePage(TableSchema table, Page page) throws Fault {
    return write(table, page.changes(), WriteMode.COPY_REPLACE);
  }

  /**
   * Removes every tombstone. Called after the copy, when deletes are real and no write with {@link
   * WriteMode#STREAM_WITH_TOMBSTONES} or {@link WriteMode#COPY_IF_ABSENT} is under way.
   */
  void purgeTombstones(TableSchema table) throws Fault;

  /** Builds the secondary indexes the user wants and drops helper indexes. */
  void finish(TableSchema table) throws Fault;

  /**
   * Puts the collection made by {@link Existing#BESIDE} in the place of the table's collection. A
   * reader sees the old one or the new one, never none. Called when no write of the table is under
   * way, and only if {@link Capabilities#swap}. Does nothing if the swap was done already.
   */
  void swapIn(TableSchema table) throws Fault;

  /** Counts of the calls that failed since this was opened; empty if there is no server. */
  default FailedCalls failedCalls() {
    return new FailedCalls();
  }

  @Override
  void close();

  /**
   * @param insertIfAbsent whether {@link WriteMode#COPY_IF_ABSENT} and tombstones work; if not, the
   *     copy replaces, and shards wait for its end
   * @param maxChanges most changes in one write
   * @param maxBytes most bytes in one write; a single larger change is still passed alone
   * @param swap whether a new copy can be made beside the old one and take its place
   * @param appends whether the target only appends: it takes pages of a copy by {@link #writePage},
   *     and nothing by {@link #write}
   */
  record Capabilities(
      boolean insertIfAbsent, int maxChanges, int maxBytes, boolean swap, boolean appends) {
    /** Of a target that finds items by their keys. */
    public Capabilities(boolean insertIfAbsent, int maxChanges, int maxBytes, boolean swap) {
      this(insertIfAbsent, maxChanges, maxBytes, swap, false);
    }

    /** Of a target that only appends pages of a copy. */
    public static Capabilities ofAppending() {
      return new Capabilities(false, Integer.MAX_VALUE, Integer.MAX_VALUE, false, true);
    }
  }

  /** What to do with a collection that is already there. */
  enum Existing {
    /** Drop it ({@code target.db.exist = drop}). */
    DROP,
    /** Rename it with a time suffix ({@code rename}). */
    RENAME,
    /** Keep it and its documents ({@code empty}). */
    KEEP,
    /** It is from an earlier run of this sync: change nothing, only find out its layout. */
    RESUME,
    /** Leave it. Make an empty one beside it, which takes all writes until {@link #swapIn}. */
    BESIDE,
    /** As {@link #RESUME}, for a copy begun with {@link #BESIDE}. */
    RESUME_BESIDE
  }

  /**
   * @param fresh whether the collection held no documents of others, so that the copy may insert
   *     only where the key is absent
   */
  record Prepared(boolean fresh) {}
}
