package io.nimoshake.core.engine;

import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.port.Target.Existing;

/**
 * Where splits run: the one thing in which hosts differ. It posts to its {@link PlanHost} what
 * becomes durable and what fails. Nothing here blocks.
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
   * @return begins it, unless it was stopped meanwhile
   */
  Runnable add(Command.StartSplit command);

  /** Deletes of the table's stream are real from now on; calls back when no other is under way. */
  void deleteForReal(String table, Runnable done);

  /**
   * Stops every split of the table and forgets the table.
   *
   * @param stopped called once, when no split of it is running and no write is under way
   */
  void stop(String table, Runnable stopped);

  /**
   * Stops everything for good.
   *
   * @param stopped called once, when no split is running and what was durable is posted
   */
  void stopAll(Runnable stopped);
}
