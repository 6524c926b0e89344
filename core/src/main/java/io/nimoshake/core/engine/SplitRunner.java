package io.nimoshake.core.engine;

import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.port.Target.Existing;
import java.util.function.BooleanSupplier;

/**
 * Runs the splits of a sync: in this process, or in the readers of a Flink job. It posts to its
 * {@link PlanHost} what becomes durable and what fails. No method blocks.
 */
public interface SplitRunner {
  /**
   * The table's collection is ready; splits of it may follow.
   *
   * @param existing how it was prepared
   */
  void tablePrepared(TableSchema schema, Existing existing);

  /**
   * Takes up a split of a prepared table.
   *
   * @return begins it; does nothing if the split was stopped meanwhile
   */
  Runnable add(Command.StartSplit command);

  /**
   * From now on deletes of the table's stream are real.
   *
   * @param wanted asked when the table is found; if not, nothing happens: it may be a new copy
   * @param done called once, when no write that leaves tombstones is under way any more
   */
  void deleteForReal(String table, BooleanSupplier wanted, Runnable done);

  /**
   * Stops every split of the table and forgets the table.
   *
   * @param stopped called once, when no split of it runs, no read or write of it is under way, and
   *     all that became durable or failed is posted
   */
  void stop(String table, Runnable stopped);

  /**
   * Stops everything for good. May be called again; {@code stopped} may be ignored then.
   *
   * @param stopped called once, when no split runs and all that became durable or failed is posted;
   *     a read that hangs may still be under way
   */
  void stopAll(Runnable stopped);
}
