package io.nimoshake.app.history;

import io.nimoshake.app.history.MadeCheck.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/**
 * Which changes a comparison need not look at again: those that the last one of every table has
 * found equal.
 */
public final class CheckedUntil {
  /** A check of what changed looks back so far, and a sync remembers no more. */
  private static final Duration LATELY = Duration.ofHours(1);

  /** The clock of the machine of the check may be wrong by so much. */
  private static final Duration CLOCKS = Duration.ofMinutes(1);

  private CheckedUntil() {}

  /**
   * The moment since when changes have to be looked at. An hour ago, unless every table had a
   * comparison since then that looked at all changes and was clean.
   *
   * @param tables the comparisons of every table
   */
  public static Instant moment(Collection<TableChecks> tables, Instant now) {
    Instant longAgo = now.minus(LATELY);
    Instant moment = tables.isEmpty() ? longAgo : now;
    for (TableChecks checks : tables) {
      Optional<Instant> looked =
          checks
              .last()
              .filter(made -> made.isClean() && made.scope() != Scope.SAMPLE)
              .map(made -> made.begun().minus(CLOCKS));
      Instant since = looked.filter(longAgo::isBefore).orElse(longAgo);
      moment = since.isBefore(moment) ? since : moment;
    }
    return moment;
  }
}
