package io.nimoshake.core.plan;

/** Whether a table exists in the source, as far as the listings of tables tell. */
final class Presence {
  /** Listings in a row that must show a deleted table before it counts as created again. */
  private static final int COMES_BACK = 2;

  /** How many listings in a row have shown the table, or lacked it if negative. */
  private int sightings;

  private boolean deleted;

  /**
   * Tables were listed, and this one was among them or not.
   *
   * @return whether the table was deleted and is there again
   */
  boolean onListed(boolean present) {
    sightings = present ? Math.max(1, sightings + 1) : Math.min(-1, sightings - 1);
    // Listings lag, so a single one does not bring back a deleted table.
    boolean back = deleted && sightings >= COMES_BACK;
    deleted &= !back;
    return back;
  }

  /** Whether the last listing of tables lacked it. */
  boolean isMissing() {
    return sightings < 0;
  }

  /** The table counts as deleted from now on. */
  void deleted() {
    deleted = true;
  }
}
