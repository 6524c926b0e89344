package io.nimoshake.app.e2e;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;

/** Changes tables on a thread of its own until it is closed. */
class BackgroundLoad implements AutoCloseable {
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicLong changes = new AtomicLong();
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
  private final Thread thread;

  /**
   * Begins.
   *
   * @param batch makes some changes and returns how many
   */
  BackgroundLoad(String name, IntSupplier batch) {
    thread = new Thread(() -> run(batch), name);
    thread.setDaemon(true);
    thread.start();
  }

  long changes() {
    return changes.get();
  }

  private void run(IntSupplier batch) {
    try {
      while (!stop.get()) {
        changes.addAndGet(batch.getAsInt());
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
