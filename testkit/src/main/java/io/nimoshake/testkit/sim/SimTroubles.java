package io.nimoshake.testkit.sim;

import io.nimoshake.core.engine.SyncOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Troubles that last, and answers that mislead: what a seed makes of them.
 *
 * @param wrongRate share of answers of the source that begin to be wrong for a moment, once for
 *     each thing that can be asked
 * @param longestWrong how long such an answer stays wrong at most
 * @param held whether a table is paused until all others have caught up
 * @param refused whether the target refuses the writes of a table until all others have caught up
 * @param refusedFor how much longer it refuses them then
 * @param cutOffs how often the process is cut off from the checkpoint store, and another one takes
 *     over
 * @param clockOff by how much the clocks of two hosts differ
 * @param clocksStandStill whether the clocks of a suspended host stand still
 * @param unknownRate share of failures that nobody knows
 * @param unknownForGood whether one table meets nothing but such failures until it has failed
 * @param goneAfter how long answers must agree before something counts as gone
 * @param exports how incremental exports behave; empty: gaps are not backfilled
 * @param copiesTake how long a full export takes at most; empty: tables are copied by Scan
 */
record SimTroubles(
    double wrongRate,
    Duration longestWrong,
    boolean held,
    boolean refused,
    Duration refusedFor,
    int cutOffs,
    Duration clockOff,
    boolean clocksStandStill,
    double unknownRate,
    boolean unknownForGood,
    Duration goneAfter,
    Optional<Exports> exports,
    Optional<Duration> copiesTake) {
  /**
   * How incremental exports behave.
   *
   * @param longest how long one takes at most
   * @param failRate share of those that fail for good
   * @param recordedAfter how long after the beginning the past of the tables begins to be kept;
   *     negative: before it
   */
  record Exports(Duration longest, double failRate, Duration recordedAfter) {}

  /** Kinds that can be switched off, each by its name in lower case. */
  enum Kind {
    WRONG,
    HELD,
    REFUSED,
    CUT_OFF,
    UNKNOWN,
    BACKFILL,
    EXPORT;

    static Set<Kind> parse(String names) {
      if (names.equals("all")) {
        return EnumSet.allOf(Kind.class);
      } else if (names.equals("none")) {
        return EnumSet.noneOf(Kind.class);
      }
      return Arrays.stream(names.split(","))
          .map(name -> Kind.valueOf(name.toUpperCase(Locale.ROOT)))
          .collect(Collectors.toCollection(() -> EnumSet.noneOf(Kind.class)));
    }
  }

  /** How long a table may meet nothing but unknown failures. */
  static final Duration UNKNOWN_FOR = Duration.ofMinutes(10);

  private static final Duration GONE_AFTER = SyncOptions.defaults().goneAfter();

  static final SimTroubles NONE =
      new SimTroubles(
          0,
          Duration.ZERO,
          false,
          false,
          Duration.ZERO,
          0,
          Duration.ZERO,
          false,
          0,
          false,
          GONE_AFTER,
          Optional.empty(),
          Optional.empty());

  private static final long OTHER_THAN_THE_SCENARIO = 0x51AB1EL;

  /** What a seed makes of the kinds that are switched on; which are does not change the others. */
  static SimTroubles of(long seed, Set<Kind> on) {
    SimRandom r = new SimRandom(seed * 31 + OTHER_THAN_THE_SCENARIO);
    double wrongRate = r.oneOf(0.0, 0.0, 0.02, 0.2);
    Duration longestWrong = r.oneOf(Duration.ZERO, Duration.ofSeconds(5), Duration.ofSeconds(30));
    boolean held = r.chance(0.25);
    boolean refused = r.chance(0.2);
    Duration refusedFor =
        r.chance(0.9) ? Duration.ofSeconds(r.between(0, 300)) : Duration.ofMinutes(100);
    int cutOffs = r.oneOf(0, 0, 0, 1, 2);
    Duration clockOff = clockOff(seed, Duration.ofMinutes(r.between(-20, 20)));
    double unknownRate = r.oneOf(0.0, 0.0, 0.1, 0.5);
    boolean unknownForGood = r.chance(0.1);
    Duration goneAfter =
        r.oneOf(GONE_AFTER, GONE_AFTER, Duration.ofMinutes(1), Duration.ofMinutes(10));
    // Answers that are wrong for a moment must not be wrong for long enough.
    boolean tooShort = on.contains(Kind.WRONG) && goneAfter.compareTo(GONE_AFTER) < 0;
    boolean backfills = r.chance(0.5);
    Exports exports =
        new Exports(
            r.oneOf(Duration.ZERO, Duration.ofMinutes(10), Duration.ofHours(1)),
            r.oneOf(0.0, 0.0, 0.3),
            r.oneOf(Duration.ofDays(-35), Duration.ofDays(-35), Duration.ofSeconds(20)));
    return new SimTroubles(
        on.contains(Kind.WRONG) ? wrongRate : 0,
        longestWrong,
        on.contains(Kind.HELD) && held,
        on.contains(Kind.REFUSED) && refused && !unknownForGood,
        refusedFor,
        on.contains(Kind.CUT_OFF) ? cutOffs : 0,
        clockOff,
        clocksStandStill(seed),
        on.contains(Kind.UNKNOWN) ? unknownRate : 0,
        on.contains(Kind.UNKNOWN) && unknownForGood,
        tooShort ? GONE_AFTER : goneAfter,
        on.contains(Kind.BACKFILL) && backfills ? Optional.of(exports) : Optional.empty(),
        on.contains(Kind.EXPORT) ? copiesTake(seed) : Optional.empty());
  }

  /** Some clocks are wrong by days. Drawn apart, as below. */
  private static Duration clockOff(long seed, Duration minutes) {
    SimRandom r = new SimRandom(seed * 31 + OTHER_THAN_THE_SCENARIO + 2);
    return r.chance(0.3) ? minutes.multipliedBy(200) : minutes;
  }

  /** Drawn apart, as below. */
  private static boolean clocksStandStill(long seed) {
    return new SimRandom(seed * 31 + OTHER_THAN_THE_SCENARIO + 3).chance(0.5);
  }

  /** Drawn apart, so that it does not change what a seed makes of the others. */
  private static Optional<Duration> copiesTake(long seed) {
    SimRandom r = new SimRandom(seed * 31 + OTHER_THAN_THE_SCENARIO + 1);
    return r.chance(0.3)
        ? Optional.of(r.oneOf(Duration.ZERO, Duration.ofSeconds(5), Duration.ofMinutes(10)))
        : Optional.empty();
  }
}
