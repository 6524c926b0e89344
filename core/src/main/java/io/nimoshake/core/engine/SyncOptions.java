package io.nimoshake.core.engine;

import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.plan.PlanOptions;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.Target.Existing;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What to sync and how; checked by whoever reads the configuration.
 *
 * @param mode whether to copy, to follow, or both
 * @param streamDuringCopy {@code incr_sync_parallel}: apply changes while the copy runs
 * @param tables which tables are wanted
 * @param requiredTables tables named one by one: each must exist
 * @param existing what to do with a collection that is already there
 * @param schemaOnly {@code sync_schema_only}: prepare collections and indexes, copy nothing
 * @param tablesAtATime {@code full.concurrency}: tables copied at the same time
 * @param segments {@code full.read.concurrency}: segments of a table; empty: by its size
 * @param writersPerTable {@code full.document.concurrency}: writes under way for a table
 * @param changesPerWrite most changes in one write; the target may take fewer
 * @param onGap what to do when changes are lost
 * @param memoryBudgetBytes most bytes of pages in flight
 * @param checkpointInterval longest time between two saves while positions move
 * @param discoveryInterval time between two looks for new tables and shards
 * @param leaseDuration how long a lease lives without renewal
 * @param unknownFor {@code retry.unknown}: how long an activity that meets a {@link
 *     io.nimoshake.core.fault.Fault.Unknown} is tried again before its table fails
 * @param goneAfter {@code retry.gone}: how long the answers of the service must agree before a
 *     table, a stream or a shard counts as gone
 * @param ioThreads on a JVM without virtual threads: most blocking reads of one table at a time,
 *     and most other blocking calls at a time
 */
public record SyncOptions(
    Mode mode,
    boolean streamDuringCopy,
    Predicate<String> tables,
    Set<String> requiredTables,
    Existing existing,
    boolean schemaOnly,
    int tablesAtATime,
    OptionalInt segments,
    int writersPerTable,
    int changesPerWrite,
    OnGap onGap,
    long memoryBudgetBytes,
    Duration checkpointInterval,
    Duration discoveryInterval,
    Duration leaseDuration,
    Duration unknownFor,
    Duration goneAfter,
    int ioThreads) {

  /** {@code sync_mode}. */
  public enum Mode {
    /** Copy, then end. */
    FULL,
    /** Copy and follow the streams until told to stop. */
    ALL,
    /** Follow the streams from the checkpoint, or from now where there is none. */
    INCR,
    /** The way back: follow the change streams of MongoDB and write to DynamoDB. */
    BACK;

    /** Whether tables without a checkpoint are copied. */
    public boolean copies() {
      return switch (this) {
        case FULL, ALL -> true;
        case INCR, BACK -> false;
      };
    }
  }

  /** {@code on_gap}, with {@code on_gap.fallback}. */
  public enum OnGap {
    RESYNC(false, true),
    FAIL(false, false),
    BACKFILL_OR_RESYNC(true, true),
    BACKFILL_OR_FAIL(true, false);

    private final boolean backfills;
    private final boolean resyncs;

    OnGap(boolean backfills, boolean resyncs) {
      this.backfills = backfills;
      this.resyncs = resyncs;
    }

    /** Whether the missing changes are applied from incremental exports, where that is possible. */
    public boolean backfills() {
      return backfills;
    }

    /** Whether a table that is not backfilled is copied again. */
    public boolean resyncs() {
      return resyncs;
    }
  }

  /** Copies and follows every table, with the default values. */
  public static SyncOptions defaults() {
    return new SyncOptions(
        Mode.ALL,
        true,
        table -> true,
        Set.of(),
        Existing.DROP,
        false,
        4,
        OptionalInt.empty(),
        4,
        1000,
        OnGap.RESYNC,
        Runtime.getRuntime().maxMemory() / 4,
        Duration.ofSeconds(1),
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        Duration.ofMinutes(10),
        Duration.ofMinutes(2),
        64);
  }

  /** What the plan has to know of this, and of the target. */
  PlanOptions forPlan(Target.Capabilities capabilities) {
    return new PlanOptions(
        mode.copies(),
        mode != Mode.FULL,
        streamDuringCopy,
        capabilities.insertIfAbsent(),
        existing,
        schemaOnly,
        tablesAtATime,
        onGap.backfills(),
        onGap.resyncs(),
        capabilities.swap(),
        goneAfter);
  }

  /** How calls for a table are retried. */
  public RetryPolicy retryPolicy() {
    return RetryPolicy.DEFAULT.withUnknownFor(unknownFor);
  }
}
