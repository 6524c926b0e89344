package io.nimoshake.app.check;

import io.nimoshake.app.history.MadeCheck.Scope;
import io.nimoshake.setup.config.NamePattern;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What to compare and how.
 *
 * @param tables compare only these tables; empty: the tables of the configuration
 * @param sample compare this number of random items of each table; empty: all items
 * @param changedSince first compare the items that changed since then, as far as the running sync
 *     remembers; empty: only what {@code sample} says
 * @param settle how long a difference must last, while the source's item does not change, before it
 *     is reported; empty: {@link #BESIDE_A_SYNC} if a sync is running, else no time
 * @param repair whether to repair differences
 * @param deleteRejected whether a repair of DynamoDB deletes items that never had a document,
 *     because they were rejected
 */
public record CheckOptions(
    List<NamePattern> tables,
    OptionalInt sample,
    Optional<Instant> changedSince,
    Optional<Duration> settle,
    boolean repair,
    boolean deleteRejected) {
  /** Longer than a sync needs to recover from an error of either side. */
  static final Duration BESIDE_A_SYNC = Duration.ofSeconds(30);

  /** How far back items count as changed lately. A sync does not remember more. */
  public static final Duration LATELY = Duration.ofHours(1);

  /** How many random items are compared beside those that changed lately. */
  public static final int SAMPLE = 1_000;

  /** Compare everything, repair nothing. */
  public static final CheckOptions ALL =
      new CheckOptions(List.of(), OptionalInt.empty(), Optional.empty(), false);

  /** Compare what changed since a moment, and a sample of the rest. */
  public static CheckOptions changed(Instant since, int sample) {
    return new CheckOptions(
        List.of(), OptionalInt.of(sample), Optional.of(since), Optional.empty(), false, false);
  }

  public CheckOptions {
    tables = List.copyOf(tables);
  }

  /** How much of a table is compared. */
  Scope scope() {
    if (changedSince.isPresent()) {
      return Scope.CHANGED;
    }
    return sample.isPresent() ? Scope.SAMPLE : Scope.ALL;
  }

  /** Deletes nothing that was rejected. */
  public CheckOptions(
      List<NamePattern> tables, OptionalInt sample, Optional<Duration> settle, boolean repair) {
    this(tables, sample, Optional.empty(), settle, repair, false);
  }
}
