package io.nimoshake.app.history;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

/**
 * Which changes a comparison need not look at again: those that earlier ones of every table have
 * found equal.
 */
public final class CheckedUntil {
  /** A check of what changed looks back so far, and a sync remembers no more. */
  static final Duration LATELY = Duration.ofHours(1);

  /** The clock of the machine of the check may be wrong by so much. */
  private static final Duration CLOCKS = Duration.ofMinutes(1);

  private CheckedUntil() {}

  /** A comparison has certainly looked at changes before this moment. */
  static Instant of(MadeCheck made) {
    return made.begun().minus(CLOCKS);
  }

  /**
   * The moment since when changes have to be looked at. An hour ago, unless comparisons of every
   * table that were clean have looked at all changes of the hour before a later moment.
   *
   * @param tables the comparisons of every table
   */
  public static Instant moment(Collection<TableChecks> tables, Instant now) {
    Instant longAgo = now.minus(LATELY);
    Instant moment = tables.isEmpty() ? longAgo : now;
    for (TableChecks checks : tables) {
      Instant since =
          checks.covering().map(CheckedUntil::of).filter(longAgo::isBefore).orElse(longAgo);
      moment = since.isBefore(moment) ? since : moment;
    }
    return moment;
  }
}
