package io.nimoshake.core.flow;

import java.util.Optional;

/**
 * Counters of what belongs to the sync as a whole and to no table: saving checkpoints, renewing the
 * lease, listing the tables. They only grow. Written by whoever works, read by anyone at any time.
 */
public final class SyncStats {
  public final TableStats.Retries retries = new TableStats.Retries();
  public final RecentFailures failures;

  /** Of a sync that does not tell outages. */
  public SyncStats() {
    this(Optional.empty());
  }

  public SyncStats(Optional<Outages> outages) {
    failures = new RecentFailures(Optional.empty(), outages);
  }

  /**
   * An activity of the sync as a whole.
   *
   * @param name what is tried: "saving the checkpoint"
   */
  public Activity activity(String name) {
    return new Activity(Optional.empty(), Optional.empty(), name, retries, failures);
  }
}
