package io.nimoshake.app.e2e;

import io.nimoshake.core.flow.RateLimit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/**
 * Changes tables on a thread of its own until it is closed. It leaves the servers time for others:
 * without a limit it would keep a processor busy for as long as a test waits for anything.
 */
class BackgroundLoad implements AutoCloseable {
  /** Enough that every read of a stream finds changes. */
  static final int CHANGES_A_SECOND = 500;

  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicLong changes = new AtomicLong();
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
  private final Thread thread;

  /**
   * Begins.
   *
   * @param changesASecond at the most, on average; 0 for no limit
   * @param batch makes some changes and returns how many
   */
  BackgroundLoad(String name, int changesASecond, IntSupplier batch) {
    thread = new Thread(() -> run(changesASecond, batch), name);
    thread.setDaemon(true);
    thread.start();
  }

  long changes() {
    return changes.get();
  }

  private void run(int changesASecond, IntSupplier batch) {
    RateLimit limit = new RateLimit(changesASecond);
    try {
      while (!stop.get()) {
        int made = batch.getAsInt();
        changes.addAndGet(made);
        LockSupport.parkNanos(limit.take(made, System.nanoTime()));
      }
    } catch (RuntimeException e) {
      // Kept for the test's own thread, which must fail with it.
      failure.set(e);
    }
  }

  /** Ends it and waits until the last change is made. */
  @Override
  public void close() throws InterruptedException {
    stop.set(true);
    thread.join();
    if (failure.get() != null) {
      throw failure.get();
    }
  }
}
