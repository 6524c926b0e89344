package io.nimoshake.core.port;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.TargetReader.Stored;

/**
 * The writes of {@code check --repair}. They are safe beside a running sync: each is atomic, and
 * happens only if the target still holds what {@code check} has read. Every method returns whether
 * the write happened, and may be repeated.
 */
public interface TargetMender extends AutoCloseable {
  /**
   * Inserts an item if no document has its key.
   *
   * @throws Fault.Poison if the target refuses the item for good
   */
  boolean insertIfAbsent(TableSchema table, Change.Upsert item) throws Fault;

  /**
   * Replaces a document that was read whole, if it has not changed since.
   *
   * @throws Fault.Poison if the target refuses the item for good
   */
  boolean replaceIfSame(TableSchema table, Stored seen, Change.Upsert item) throws Fault;

  /** Removes a document that was read whole, if it has not changed since. */
  boolean deleteIfSame(TableSchema table, Stored seen) throws Fault;

  @Override
  void close();
}
