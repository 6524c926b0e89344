package io.nimoshake.dynamodb.client;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Lets at most so many calls begin in any window of time; who comes too early waits until the
 * oldest call of the window has left it. Safe for all threads.
 */
public final class CallPacer {
  private final long windowNanos;
  private final LongSupplier clock;
  private final long[] begun;
  private int oldest;

  public CallPacer(int calls, Duration window) {
    this(calls, window, System::nanoTime);
  }

  CallPacer(int calls, Duration window, LongSupplier nanoClock) {
    windowNanos = window.toNanos();
    clock = nanoClock;
    begun = new long[calls];
    java.util.Arrays.fill(begun, nanoClock.getAsLong() - windowNanos);
  }

  /**
   * Takes the next place and waits for its time; the wait is at most one window for each batch of
   * calls ahead. Returns early, the interrupt flag set, when the thread is interrupted.
   */
  public void await() {
    long at = reserve();
    for (long left = at - clock.getAsLong(); left > 0; left = at - clock.getAsLong()) {
      LockSupport.parkNanos(this, left);
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
    }
  }

  /** The moment, by the clock in nanoseconds, from which the next call may begin. */
  synchronized long reserve() {
    long now = clock.getAsLong();
    long free = begun[oldest] + windowNanos;
    long at = free - now > 0 ? free : now;
    begun[oldest] = at;
    oldest = (oldest + 1) % begun.length;
    return at;
  }
}
