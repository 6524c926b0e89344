package io.nimoshake.core.port;

import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.TableSchema;
import java.util.List;

/**
 * Where items are written. Methods block and may be called from several threads; a {@link Fault}
 * that may pass is thrown and the caller comes again with the same changes: every method can be
 * repeated. To add a target, implement this and pass {@code TargetConformance} of the testkit.
 */
public interface Target extends AutoCloseable {
  /** What the target can do and how much it takes in one {@link #write}. */
  Capabilities capabilities();

  /**
   * Makes the table's collection ready to be written: the key's index and, if asked, what makes
   * tombstones findable.
   *
   * @return whether the collection holds nothing but what this sync writes
   */
  Prepared prepare(TableSchema table, Existing existing) throws Fault;

  /**
   * Writes changes of distinct keys, in any order and in parallel, and returns when all but the
   * rejected are durable (for MongoDB: majority write concern).
   *
   * @return the changes the target refuses for good
   * @throws Fault when some may not have been written; the same changes are then written again
   */
  List<Rejected> write(TableSchema table, List<Change> changes, WriteMode mode) throws Fault;

  /**
   * The copy is over and deletes are real: removes every tombstone. Called when no write with
   * {@link WriteMode#STREAM_WITH_TOMBSTONES} or {@link WriteMode#COPY_IF_ABSENT} is under way.
   */
  void purgeTombstones(TableSchema table) throws Fault;

  /** Builds the secondary indexes the user wants and drops helper indexes. */
  void finish(TableSchema table) throws Fault;

  /**
   * Puts what was written since {@link Existing#BESIDE} in the place of the table's collection,
   * such that a reader sees the one or the other and never nothing. Called when no write of the
   * table is under way. Does nothing if nothing is beside any more. Only called if {@link
   * Capabilities#swap}.
   */
  void swapIn(TableSchema table) throws Fault;

  /** The attempts of calls that failed since this was opened. One without a server has none. */
  default FailedCalls failedCalls() {
    return new FailedCalls();
  }

  @Override
  void close();

  /**
   * @param insertIfAbsent whether {@link WriteMode#COPY_IF_ABSENT} and tombstones work; if not, the
   *     copy replaces and shards wait for its end
   * @param maxChanges most changes in one write
   * @param maxBytes most bytes in one write; a single larger change is still passed
   * @param swap whether a table can be copied anew beside the old copy and take its place
   */
  record Capabilities(boolean insertIfAbsent, int maxChanges, int maxBytes, boolean swap) {}

  /** What to do with a collection that is already there. */
  enum Existing {
    /** Drop it ({@code target.db.exist = drop}). */
    DROP,
    /** Rename it with a time suffix ({@code rename}). */
    RENAME,
    /** Keep it and its documents ({@code empty}). */
    KEEP,
    /** It is ours from an earlier run: change nothing, find out its layout. */
    RESUME,
    /** Leave it; make an empty one beside it, which takes all writes until {@link #swapIn}. */
    BESIDE,
    /** As {@link #RESUME}, for a copy begun with {@link #BESIDE}. */
    RESUME_BESIDE
  }

  /**
   * @param fresh whether no documents of others were there, so that the copy may insert if absent
   */
  record Prepared(boolean fresh) {}
}
