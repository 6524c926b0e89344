package io.nimoshake.app.history;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.Notes;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a running sync knows of the comparisons that other processes make. Safe for use by several
 * threads.
 */
public final class RememberedChecks {
  private static final Logger LOG = LoggerFactory.getLogger(RememberedChecks.class);

  private static final long LONGEST_WAIT_MILLIS = 1_000;

  private final Notes notes;
  private final ReentrantLock reading = new ReentrantLock();
  private volatile Map<String, TableChecks> known = Map.of();

  public RememberedChecks(Notes notes) {
    this.notes = notes;
  }

  /**
   * Those of each table, as they are now: whoever has just made a comparison finds it. If the store
   * does not answer, what was known stays. One caller waits for the store, the others only a
   * moment.
   */
  public Map<String, TableChecks> now() {
    try {
      if (!reading.tryLock(LONGEST_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
        return known;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return known;
    }
    try {
      known = CheckNotes.read(notes);
    } catch (Fault e) {
      LOG.debug("the results of checks cannot be read: {}", e.getMessage());
    } finally {
      reading.unlock();
    }
    return known;
  }
}
