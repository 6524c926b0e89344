package io.nimoshake.core.port;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.TargetReader.Stored;

/**
 * Writes that a running sync beside them does not suffer from: each happens only if the target
 * still is what was looked at, atomically. Every method says whether it happened; all may be
 * repeated.
 */
public interface TargetMender extends AutoCloseable {
  /** Inserts an item if nothing has its key. */
  boolean insertIfAbsent(TableSchema table, Change.Upsert item) throws Fault;

  /** Puts an item in the place of what was read whole, if that is still the same. */
  boolean replaceIfSame(TableSchema table, Stored seen, Change.Upsert item) throws Fault;

  /** Removes what was read whole, if it is still the same. */
  boolean deleteIfSame(TableSchema table, Stored seen) throws Fault;

  @Override
  void close();
}
