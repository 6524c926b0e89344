package io.nimoshake.testkit.sim;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.port.Target.Existing;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a seed makes of a run of the way back.
 *
 * @param deadLetters whether rejected documents are set aside, or fail their table
 * @param callsASecond limit of reads, 0 for none
 */
record BackScenario(
    Tables tables, Events events, Services services, boolean deadLetters, double callsASecond) {
  /** On one thread. */
  private static final int IO_THREADS = 16;

  /**
   * The tables and their documents.
   *
   * @param count number of tables that were cut over
   * @param keys distinct keys a table may have
   * @param hotKeys how many of them take half of the changes
   * @param unfitRate share of documents that no item can hold
   */
  record Tables(int count, int keys, int hotKeys, double unfitRate) {}

  /**
   * How often what happens.
   *
   * @param history changes between the cut-over and the first start
   * @param changes changes while it runs
   * @param activeFor how long changes are made
   * @param crashes how often the process dies
   * @param stops how often it is stopped gracefully
   * @param pauses how often a table is paused for a while
   * @param suspensions how often the process is suspended
   * @param longestAbsence longest time for which a dead process stays away, or a living one is
   *     suspended
   * @param trims how often the oplog loses its oldest entries
   * @param drops how often a collection is dropped or renamed
   * @param invalidates how often the whole database says that its streams are invalid
   * @param withoutPreImages how often pre-images are switched off for a while
   * @param strays how often a document is inserted that is of no item
   * @param deletions how often a table of DynamoDB is deleted
   */
  record Events(
      int history,
      int changes,
      Duration activeFor,
      int crashes,
      int stops,
      int pauses,
      int suspensions,
      Duration longestAbsence,
      int trims,
      int drops,
      int invalidates,
      int withoutPreImages,
      int strays,
      int deletions) {}

  /**
   * How both services behave.
   *
   * @param faultRate share of calls that fail
   * @param unknownRate share of failures that nobody knows
   * @param slowRate share of work that is held up for up to seconds
   * @param wrongRate share of answers that begin to be wrong for a moment
   * @param longestWrong how long such an answer stays wrong at most
   * @param showsOplog whether MongoDB says how far back its oplog reaches
   * @param skew by how much MongoDB's clock is ahead
   */
  record Services(
      double faultRate,
      double unknownRate,
      double slowRate,
      double wrongRate,
      Duration longestWrong,
      boolean showsOplog,
      Duration skew) {}

  static BackScenario of(SimRandom r) {
    Tables tables =
        new Tables(
            r.between(1, 3), r.between(2, 30), r.between(1, 3), r.oneOf(0.0, 0.0, 0.0, 0.05));
    Events events =
        new Events(
            r.between(0, 40),
            r.between(0, 200),
            Duration.ofMillis(r.chance(0.9) ? r.between(100, 20_000) : r.between(20_000, 400_000)),
            r.between(0, 3),
            r.between(0, 2),
            r.oneOf(0, 0, 2),
            r.oneOf(0, 0, 1),
            r.oneOf(Duration.ZERO, Duration.ofMinutes(10), Duration.ofHours(40)),
            r.oneOf(0, 0, 0, 0, 1, 3),
            r.chance(0.1) ? 1 : 0,
            r.chance(0.04) ? 1 : 0,
            r.chance(0.1) ? 1 : 0,
            r.chance(0.1) ? 2 : 0,
            r.chance(0.1) ? 1 : 0);
    Services services =
        new Services(
            r.oneOf(0.0, 0.01, 0.05, 0.2),
            r.oneOf(0.0, 0.0, 0.1),
            r.oneOf(0.0, 0.0, 0.02, 0.1),
            r.oneOf(0.0, 0.02, 0.2),
            r.oneOf(Duration.ZERO, Duration.ofSeconds(5), Duration.ofSeconds(60)),
            r.chance(0.7),
            Duration.ofMillis(r.between(-60_000, 60_000)));
    return new BackScenario(tables, events, services, r.chance(0.7), r.oneOf(0, 0, 20));
  }

  /** How the process is set up. */
  static SyncOptions options(SimRandom r) {
    return new SyncOptions(
        SyncOptions.Mode.BACK,
        r.chance(0.5),
        table -> true,
        Set.of(),
        Existing.DROP,
        false,
        r.between(1, 3),
        OptionalInt.of(r.between(1, 4)),
        r.between(1, 4),
        r.between(1, 8),
        r.chance(0.6) ? SyncOptions.OnGap.RESYNC : SyncOptions.OnGap.FAIL,
        r.oneOf(20_000L, 1_100_000L, 3_000_000L),
        Duration.ofMillis(r.between(20, 1000)),
        Duration.ofSeconds(r.between(1, 60)),
        SimScenario.LEASE,
        SimTroubles.UNKNOWN_FOR,
        r.oneOf(Duration.ofMinutes(2), Duration.ofMinutes(2), Duration.ofMinutes(10)),
        IO_THREADS);
  }
}
