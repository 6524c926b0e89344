package io.nimoshake.app.check;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What to compare and how.
 *
 * @param tables these only; empty: those of the configuration
 * @param sample so many items a table, chosen at random, instead of all
 * @param settle how long a difference must stay as it is, with the source's item unchanged, to be
 *     real; empty: {@link #BESIDE_A_SYNC} where a sync is running, else no time
 * @param repair whether to mend what was found
 */
public record CheckOptions(
    Set<String> tables, OptionalInt sample, Optional<Duration> settle, boolean repair) {
  /** Longer than a sync takes to get over a fault of either side and to try again. */
  static final Duration BESIDE_A_SYNC = Duration.ofSeconds(30);

  /** Everything, and only compare. */
  public static final CheckOptions ALL =
      new CheckOptions(Set.of(), OptionalInt.empty(), Optional.empty(), false);

  public CheckOptions {
    tables = Set.copyOf(tables);
  }
}
