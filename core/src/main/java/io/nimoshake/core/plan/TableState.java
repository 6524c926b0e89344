package io.nimoshake.core.plan;

import java.util.Locale;

/**
 * Where a table is. The plan decides by these states, and the log, the API, the page and the
 * metrics show them under the same names. {@link TablePlan} draws how one follows another.
 */
public enum TableState {
  /** Waits for its turn to be prepared. */
  WAITING,
  /** Its stream is being enabled and its collection made ready. */
  PREPARING,
  /** Its segments are read and written. */
  COPYING,
  /** Every segment is durable. Deletes become real, tombstones are purged, indexes are built. */
  FINISHING,
  /** Its new copy takes the place of the old one. No split of it runs. */
  SWAPPING,
  /** Copied; its stream is followed. */
  FOLLOWING,
  /** Copied. Changes that expired unread are applied from exports. Its stream is not read. */
  BACKFILLING,
  /** Nothing is left to do: it is copied and has no stream to follow, or it was deleted. */
  DONE,
  /** Its splits are being stopped, because of a gap. */
  STOPPING,
  /** Given up; the other tables go on. */
  FAILED;

  /** The name that people see. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether no item of the copy to be made is written yet. */
  public boolean isBeforeCopy() {
    return this == WAITING || this == PREPARING || this == STOPPING;
  }

  /** Whether its copy has ended. */
  public boolean isCopied() {
    return this == FOLLOWING || this == BACKFILLING || this == DONE;
  }

  /** Whether nothing is done for it any more, unless it is created again. */
  public boolean isOver() {
    return this == DONE || this == FAILED;
  }
}
