package io.nimoshake.core.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether a table exists in the source, as far as several answers tell. It counts as gone when the
 * listings of tables have lacked it for minutes and calls for the table itself were answered
 * several times that there is no such table. Neither proves it alone.
 */
final class Presence {
  /** Listings in a row that must show a deleted table before it counts as created again. */
  private static final int COMES_BACK = 2;

  /** How many listings in a row have shown it. */
  private int shown;

  /** Listings in a row that have lacked it, as far as the time is known. */
  private Optional<Evidence> missing = Optional.empty();

  private boolean isMissing;

  /** How many calls in a row were answered that there is no such table. */
  private int notFound;

  private boolean deleted;
  private final Duration goneAfter;

  /**
   * @param goneAfter how long listings of tables must lack a table
   */
  Presence(Duration goneAfter) {
    this.goneAfter = goneAfter;
  }

  /**
   * Tables were listed, and this one was among them or not.
   *
   * @param now the time, if it is known
   * @return whether the table was deleted and is there again
   */
  boolean onListed(boolean present, Optional<Instant> now) {
    isMissing = !present;
    if (present) {
      shown++;
      missing = Optional.empty();
    } else {
      shown = 0;
      now.ifPresent(at -> missing = Evidence.again(missing, at));
    }
    // Listings lag, so a single one does not bring back a deleted table.
    boolean back = deleted && shown >= COMES_BACK;
    if (back) {
      deleted = false;
      notFound = 0;
    }
    return back;
  }

  /**
   * A call for the table was answered that there is no such table.
   *
   * @return how often in a row
   */
  int onNotFound() {
    return ++notFound;
  }

  /** A call for the table was answered as for any table that exists. */
  void onFound() {
    notFound = 0;
  }

  /** Whether the last listing of tables lacked it. */
  boolean isMissing() {
    return isMissing;
  }

  /** Whether several answers of both kinds say that it does not exist. */
  boolean isGone() {
    return notFound >= Evidence.ENOUGH
        && missing.filter(listings -> listings.isSettled(goneAfter)).isPresent();
  }

  /** Whether calls say that it does not exist, so that listings of tables are needed. */
  boolean isDoubted() {
    return notFound > 0 && !deleted;
  }

  /** Whether several calls in a row were answered that it does not exist. */
  boolean isUnknown() {
    return notFound >= Evidence.ENOUGH && !deleted;
  }

  /** The table counts as deleted from now on. */
  void deleted() {
    deleted = true;
  }
}
