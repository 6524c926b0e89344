package io.nimoshake.app.history;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.Notes;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a running sync knows of the comparisons that other processes make. Safe for use by several
 * threads.
 */
public final class RememberedChecks {
  private static final Logger LOG = LoggerFactory.getLogger(RememberedChecks.class);

  /** Whoever has just made a comparison must find it. */
  private static final long FRESH_NANOS = 300_000_000L;

  private final Notes notes;
  private final ReentrantLock reading = new ReentrantLock();
  private volatile Map<String, TableChecks> known = Map.of();
  private volatile long readNanos = System.nanoTime() - FRESH_NANOS;

  public RememberedChecks(Notes notes) {
    this.notes = notes;
  }

  /**
   * Those of each table. At most one caller waits for the store; if it does not answer, what was
   * known stays.
   */
  public Map<String, TableChecks> now() {
    if (System.nanoTime() - readNanos >= FRESH_NANOS && reading.tryLock()) {
      try {
        known = CheckNotes.read(notes);
      } catch (Fault e) {
        LOG.debug("the results of checks cannot be read: {}", e.getMessage());
      } finally {
        readNanos = System.nanoTime();
        reading.unlock();
      }
    }
    return known;
  }
}
