package io.nimoshake.testkit.sim;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.port.Target.Existing;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a seed makes of a run.
 *
 * @param tables number of tables
 * @param keys distinct keys a table may have
 * @param hotKeys how many of them take half of the changes
 * @param history changes before the sync begins, over the last minutes
 * @param changes changes while it runs
 * @param reshards how often shards split, merge or roll over while it runs
 * @param crashes how often the process dies
 * @param stops how often it is stopped gracefully
 * @param streamFromStart whether tables have a stream before the sync begins
 * @param trimmedParents whether the first shards continue shards that cannot be listed any more
 * @param foreign documents of others in the target
 * @param faultRate share of calls that fail
 * @param slowRate share of work that is held up for up to seconds
 * @param emptyPageRate share of stream pages that are empty although there are records
 * @param lagRate share of listings that lag in one of the ways
 * @param filtersChildren whether the source can list the children of one shard
 * @param skew by how much the service's clock is ahead
 * @param activeFor how long changes are made
 * @param onGap what is done when changes are lost
 * @param gaps how often a shard says that changes are lost
 * @param pauses how often a table is paused for a while
 * @param callsASecond limit of reads, 0 for none
 * @param longestAbsence longest time for which a dead process stays away, or a living one is
 *     suspended
 * @param suspensions how often the process is suspended
 * @param streamsOff how often a stream is disabled for a while
 * @param deletions how often a table is deleted, half of the time to be created again
 * @param lateTables whether some tables are created while the sync runs
 * @param swaps whether the target can put a new copy in the place of the old one
 */
record SimScenario(
    SyncOptions.Mode mode,
    boolean streamDuringCopy,
    Existing existing,
    boolean insertIfAbsent,
    int segments,
    int tablesAtATime,
    long memoryBudgetBytes,
    int writers,
    int changesPerWrite,
    Duration checkpointInterval,
    Duration discoveryInterval,
    int tables,
    int keys,
    int hotKeys,
    int history,
    int changes,
    int reshards,
    int crashes,
    int stops,
    int firstShards,
    boolean streamFromStart,
    boolean trimmedParents,
    int foreign,
    double faultRate,
    double slowRate,
    double emptyPageRate,
    double lagRate,
    boolean filtersChildren,
    Duration skew,
    boolean wholeSeconds,
    Duration activeFor,
    SyncOptions.OnGap onGap,
    int gaps,
    int pauses,
    int callsASecond,
    Duration longestAbsence,
    int suspensions,
    boolean swaps,
    int streamsOff,
    int deletions,
    boolean lateTables) {

  /** On real threads. */
  private static final int IO_THREADS = 16;

  static SimScenario of(SimRandom r) {
    SyncOptions.Mode mode = r.chance(0.85) ? SyncOptions.Mode.ALL : SyncOptions.Mode.FULL;
    Existing existing = r.oneOf(Existing.DROP, Existing.DROP, Existing.RENAME, Existing.KEEP);
    return new SimScenario(
        mode,
        r.chance(0.7),
        existing,
        r.chance(0.8),
        r.between(1, 5),
        r.between(1, 3),
        r.oneOf(20_000L, 1_100_000L, 3_000_000L),
        r.between(1, 4),
        r.between(1, 8),
        Duration.ofMillis(r.between(20, 1000)),
        Duration.ofSeconds(r.between(1, 60)),
        r.between(1, 3),
        r.between(3, 40),
        r.between(1, 3),
        r.between(0, 80),
        mode == SyncOptions.Mode.FULL ? 0 : r.between(0, 150),
        r.between(0, 8),
        r.between(0, 3),
        r.between(0, 2),
        r.between(1, 3),
        r.chance(0.7),
        r.chance(0.3),
        r.oneOf(0, 0, 5),
        r.oneOf(0.0, 0.01, 0.05, 0.2),
        r.oneOf(0.0, 0.0, 0.02, 0.1),
        r.oneOf(0.0, 0.3, 0.8),
        r.oneOf(0.0, 0.2, 0.6),
        r.chance(0.5),
        Duration.ofMillis(r.between(-60_000, 60_000)),
        r.chance(0.5),
        Duration.ofMillis(r.chance(0.9) ? r.between(100, 15_000) : r.between(15_000, 300_000)),
        r.chance(0.8) ? SyncOptions.OnGap.RESYNC : SyncOptions.OnGap.FAIL,
        r.oneOf(0, 0, 0, 1, 2),
        r.oneOf(0, 0, 2),
        r.oneOf(0, 0, 20),
        r.oneOf(Duration.ZERO, Duration.ofMinutes(10), Duration.ofHours(40)),
        r.oneOf(0, 0, 1),
        r.chance(0.8),
        mode == SyncOptions.Mode.FULL ? 0 : r.oneOf(0, 0, 0, 0, 1, 2),
        mode == SyncOptions.Mode.FULL ? 0 : r.oneOf(0, 0, 0, 0, 1),
        mode != SyncOptions.Mode.FULL && r.chance(0.15));
  }

  /** The same where time is real: nothing that takes seconds, and no loss that must fail. */
  SimScenario onRealThreads(SimRandom r) {
    return new SimScenario(
        SyncOptions.Mode.ALL,
        streamDuringCopy,
        Existing.DROP,
        insertIfAbsent,
        segments,
        tablesAtATime,
        memoryBudgetBytes,
        writers,
        changesPerWrite,
        Duration.ofMillis(r.between(1, 20)),
        Duration.ofMillis(r.between(20, 100)),
        tables,
        keys,
        hotKeys,
        history,
        changes,
        reshards,
        0,
        stops,
        firstShards,
        streamFromStart,
        false,
        0,
        r.oneOf(0.0, 0.0, 0.02),
        0,
        r.oneOf(0.0, 0.2),
        0,
        filtersChildren,
        Duration.ZERO,
        wholeSeconds,
        activeFor,
        SyncOptions.OnGap.RESYNC,
        swaps ? gaps : 0,
        pauses,
        0,
        Duration.ZERO,
        0,
        swaps,
        0,
        0,
        false);
  }

  boolean streams() {
    return mode != SyncOptions.Mode.FULL;
  }

  SyncOptions syncOptions() {
    return new SyncOptions(
        mode,
        streamDuringCopy,
        table -> true,
        Set.of(),
        existing,
        false,
        tablesAtATime,
        OptionalInt.of(segments),
        writers,
        changesPerWrite,
        onGap,
        memoryBudgetBytes,
        checkpointInterval,
        discoveryInterval,
        Duration.ofSeconds(10),
        Duration.ofMinutes(10),
        IO_THREADS);
  }
}
