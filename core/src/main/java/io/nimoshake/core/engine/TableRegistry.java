package io.nimoshake.core.engine;

import io.nimoshake.core.flow.FreezeWatch;
import io.nimoshake.core.flow.Outages;
import io.nimoshake.core.flow.SyncStats;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.flow.TableStats;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Counters of the sync; counters and limits of each table, made when the table is first asked for.
 * They are kept when the table is copied again.
 */
public final class TableRegistry {
  private final Map<String, TableStats> stats = new ConcurrentHashMap<>();
  private final Map<String, TableLimits> limits = new ConcurrentHashMap<>();
  private final Function<String, TableLimits> initialLimits;
  private final Optional<Outages> outages;
  private final SyncStats sync;
  private final FreezeWatch freeze = new FreezeWatch();

  /**
   * @param initialLimits the limits a table starts with
   */
  public TableRegistry(Function<String, TableLimits> initialLimits) {
    this(initialLimits, Optional.empty());
  }

  /**
   * @param outages hears of servers that cannot be reached
   */
  public TableRegistry(Function<String, TableLimits> initialLimits, Optional<Outages> outages) {
    this.initialLimits = initialLimits;
    this.outages = outages;
    this.sync = new SyncStats(outages);
  }

  public TableStats stats(String table) {
    return stats.computeIfAbsent(table, name -> new TableStats(name, outages));
  }

  public TableLimits limits(String table) {
    return limits.computeIfAbsent(table, initialLimits);
  }

  /** Counters of what belongs to no table. */
  public SyncStats sync() {
    return sync;
  }

  /** What is looked for while a cut-over waits. */
  public FreezeWatch freeze() {
    return freeze;
  }

  /** The limits of all tables known so far. */
  public Collection<TableLimits> allLimits() {
    return limits.values();
  }
}
