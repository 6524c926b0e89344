package io.nimoshake.testkit.sim;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.port.Target.Existing;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.Set;

/** What a seed makes of a run. */
record SimScenario(
    Sync sync, Tables tables, Events events, Services services, SimTroubles troubles) {
  /** On real threads. */
  private static final int IO_THREADS = 16;

  static final Duration LEASE = Duration.ofSeconds(10);

  /**
   * The options of the sync.
   *
   * @param callsASecond limit of reads, 0 for none
   */
  record Sync(
      SyncOptions.Mode mode,
      boolean streamDuringCopy,
      Existing existing,
      int segments,
      int tablesAtATime,
      long memoryBudgetBytes,
      int writers,
      int changesPerWrite,
      Duration checkpointInterval,
      Duration discoveryInterval,
      SyncOptions.OnGap onGap,
      int callsASecond) {}

  /**
   * The tables as they are at first.
   *
   * @param count number of tables
   * @param keys distinct keys a table may have
   * @param hotKeys how many of them take half of the changes
   * @param firstShards shards of a stream when it is enabled
   * @param streamFromStart whether tables have a stream before the sync begins
   * @param trimmedParents whether the first shards continue shards that cannot be listed any more
   * @param foreign documents of others in the target
   * @param wholeSeconds whether creation times of records are cut to seconds
   * @param late whether some tables are created while the sync runs
   */
  record Tables(
      int count,
      int keys,
      int hotKeys,
      int firstShards,
      boolean streamFromStart,
      boolean trimmedParents,
      int foreign,
      boolean wholeSeconds,
      boolean late) {}

  /**
   * How often what happens.
   *
   * @param history changes before the sync begins, over the last minutes
   * @param changes changes while it runs
   * @param activeFor how long changes are made
   * @param reshards how often shards split, merge or roll over while it runs
   * @param crashes how often the process dies
   * @param stops how often it is stopped gracefully
   * @param gaps how often a shard says that changes are lost
   * @param pauses how often a table is paused for a while
   * @param suspensions how often the process is suspended
   * @param longestAbsence longest time for which a dead process stays away, or a living one is
   *     suspended
   * @param streamsOff how often a stream is disabled for a while
   * @param deletions how often a table is deleted, half of the time to be created again
   */
  record Events(
      int history,
      int changes,
      Duration activeFor,
      int reshards,
      int crashes,
      int stops,
      int gaps,
      int pauses,
      int suspensions,
      Duration longestAbsence,
      int streamsOff,
      int deletions) {}

  /**
   * How source and target behave.
   *
   * @param insertIfAbsent whether the target can insert an item unless it is there
   * @param swaps whether the target can put a new copy in the place of the old one
   * @param faultRate share of calls that fail
   * @param slowRate share of work that is held up for up to seconds
   * @param emptyPageRate share of stream pages that are empty although there are records
   * @param lagRate share of listings that lag in one of the ways
   * @param filtersChildren whether the source can list the children of one shard
   * @param skew by how much the service's clock is ahead
   */
  record Services(
      boolean insertIfAbsent,
      boolean swaps,
      double faultRate,
      double slowRate,
      double emptyPageRate,
      double lagRate,
      boolean filtersChildren,
      Duration skew) {}

  /**
   * @param troubles drawn by the caller, with chances of their own: a seed without any runs as it
   *     did before there were any
   */
  static SimScenario of(SimRandom r, SimTroubles troubles) {
    SyncOptions.Mode mode = r.chance(0.85) ? SyncOptions.Mode.ALL : SyncOptions.Mode.FULL;
    boolean streams = mode == SyncOptions.Mode.ALL;
    Existing existing = r.oneOf(Existing.DROP, Existing.DROP, Existing.RENAME, Existing.KEEP);
    Duration activeFor =
        Duration.ofMillis(r.chance(0.9) ? r.between(100, 15_000) : r.between(15_000, 300_000));
    Sync sync =
        new Sync(
            mode,
            r.chance(0.7),
            existing,
            r.between(1, 5),
            r.between(1, 3),
            r.oneOf(20_000L, 1_100_000L, 3_000_000L),
            r.between(1, 4),
            r.between(1, 8),
            Duration.ofMillis(r.between(20, 1000)),
            Duration.ofSeconds(r.between(1, 60)),
            onGap(r.chance(0.8), troubles.exports().isPresent()),
            r.oneOf(0, 0, 20));
    Tables tables =
        new Tables(
            r.between(1, 3),
            r.between(3, 40),
            r.between(1, 3),
            r.between(1, 3),
            r.chance(0.7),
            r.chance(0.3),
            r.oneOf(0, 0, 5),
            r.chance(0.5),
            streams && r.chance(0.15));
    Events events =
        new Events(
            r.between(0, 80),
            streams ? r.between(0, 150) : 0,
            activeFor,
            r.between(0, 8),
            r.between(0, 3),
            r.between(0, 2),
            r.oneOf(0, 0, 0, 1, 2),
            r.oneOf(0, 0, 2),
            r.oneOf(0, 0, 1),
            r.oneOf(Duration.ZERO, Duration.ofMinutes(10), Duration.ofHours(40)),
            streams ? r.oneOf(0, 0, 0, 0, 1, 2) : 0,
            streams ? r.oneOf(0, 0, 0, 0, 1) : 0);
    Services services =
        new Services(
            r.chance(0.8),
            r.chance(0.8),
            r.oneOf(0.0, 0.01, 0.05, 0.2),
            r.oneOf(0.0, 0.0, 0.02, 0.1),
            r.oneOf(0.0, 0.3, 0.8),
            r.oneOf(0.0, 0.2, 0.6),
            r.chance(0.5),
            Duration.ofMillis(r.between(-60_000, 60_000)));
    return new SimScenario(sync, tables, events, services, troubles);
  }

  private static SyncOptions.OnGap onGap(boolean resyncs, boolean backfills) {
    if (backfills) {
      return resyncs ? SyncOptions.OnGap.BACKFILL_OR_RESYNC : SyncOptions.OnGap.BACKFILL_OR_FAIL;
    }
    return resyncs ? SyncOptions.OnGap.RESYNC : SyncOptions.OnGap.FAIL;
  }

  /** The same where time is real: nothing that takes seconds, and no loss that must fail. */
  SimScenario onRealThreads(SimRandom r) {
    Sync fast =
        new Sync(
            SyncOptions.Mode.ALL,
            sync.streamDuringCopy,
            Existing.DROP,
            sync.segments,
            sync.tablesAtATime,
            sync.memoryBudgetBytes,
            sync.writers,
            sync.changesPerWrite,
            Duration.ofMillis(r.between(1, 20)),
            Duration.ofMillis(r.between(20, 100)),
            SyncOptions.OnGap.RESYNC,
            0);
    Tables there =
        new Tables(
            tables.count,
            tables.keys,
            tables.hotKeys,
            tables.firstShards,
            tables.streamFromStart,
            false,
            0,
            tables.wholeSeconds,
            false);
    Events few =
        new Events(
            events.history,
            events.changes,
            events.activeFor,
            events.reshards,
            0,
            events.stops,
            services.swaps ? events.gaps : 0,
            events.pauses,
            0,
            Duration.ZERO,
            0,
            0);
    Services prompt =
        new Services(
            services.insertIfAbsent,
            services.swaps,
            r.oneOf(0.0, 0.0, 0.02),
            0,
            r.oneOf(0.0, 0.2),
            0,
            services.filtersChildren,
            Duration.ZERO);
    return new SimScenario(fast, there, few, prompt, SimTroubles.NONE);
  }

  boolean streams() {
    return sync.mode != SyncOptions.Mode.FULL;
  }

  SyncOptions syncOptions() {
    return new SyncOptions(
        sync.mode,
        sync.streamDuringCopy,
        table -> true,
        Set.of(),
        sync.existing,
        false,
        sync.tablesAtATime,
        OptionalInt.of(sync.segments),
        sync.writers,
        sync.changesPerWrite,
        sync.onGap,
        sync.memoryBudgetBytes,
        sync.checkpointInterval,
        sync.discoveryInterval,
        LEASE,
        SimTroubles.UNKNOWN_FOR,
        troubles.goneAfter(),
        IO_THREADS);
  }
}
