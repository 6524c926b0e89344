package io.nimoshake.app.check;

import io.nimoshake.setup.config.NamePattern;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What to compare and how.
 *
 * @param tables compare only these tables; empty: the tables of the configuration
 * @param sample compare this number of random items of each table; empty: all items
 * @param settle how long a difference must last, while the source's item does not change, before it
 *     is reported; empty: {@link #BESIDE_A_SYNC} if a sync is running, else no time
 * @param repair whether to repair differences
 * @param deleteRejected whether a repair of DynamoDB deletes items that never had a document,
 *     because they were rejected
 */
public record CheckOptions(
    List<NamePattern> tables,
    OptionalInt sample,
    Optional<Duration> settle,
    boolean repair,
    boolean deleteRejected) {
  /** Longer than a sync needs to recover from an error of either side. */
  static final Duration BESIDE_A_SYNC = Duration.ofSeconds(30);

  /** Compare everything, repair nothing. */
  public static final CheckOptions ALL =
      new CheckOptions(List.of(), OptionalInt.empty(), Optional.empty(), false);

  public CheckOptions {
    tables = List.copyOf(tables);
  }

  /** Deletes nothing that was rejected. */
  public CheckOptions(
      List<NamePattern> tables, OptionalInt sample, Optional<Duration> settle, boolean repair) {
    this(tables, sample, settle, repair, false);
  }
}
