package io.nimoshake.core.engine;

import io.nimoshake.core.flow.RecentFailures;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.flow.TableStats;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Counters and limits of each table: made when the table is first asked for, they outlive its
 * copies.
 */
public final class TableRegistry {
  private final Map<String, TableStats> stats = new ConcurrentHashMap<>();
  private final Map<String, TableLimits> limits = new ConcurrentHashMap<>();
  private final Function<String, TableLimits> initialLimits;
  private final RecentFailures ofNoTable = new RecentFailures();

  /**
   * @param initialLimits the limits a table starts with
   */
  public TableRegistry(Function<String, TableLimits> initialLimits) {
    this.initialLimits = initialLimits;
  }

  public TableStats stats(String table) {
    return stats.computeIfAbsent(table, name -> new TableStats());
  }

  public TableLimits limits(String table) {
    return limits.computeIfAbsent(table, initialLimits);
  }

  /**
   * RecentFailures of a table, or with an empty name those of no table: checkpoints, lease,
   * listing.
   */
  public RecentFailures troubles(String table) {
    return table.isEmpty() ? ofNoTable : stats(table).troubles;
  }

  /** Those asked for so far. */
  public Collection<TableLimits> allLimits() {
    return limits.values();
  }
}
