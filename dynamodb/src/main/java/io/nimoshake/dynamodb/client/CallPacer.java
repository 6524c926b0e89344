package io.nimoshake.dynamodb.client;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Limits how many calls begin in any window of time. A caller that comes too early waits until the
 * oldest call has left the window. Thread-safe.
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
   * Waits until this call may begin. When the thread is interrupted, returns early with the
   * interrupt flag set.
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

  /** Reserves the next call and returns the clock's nanoseconds at which it may begin. */
  synchronized long reserve() {
    long now = clock.getAsLong();
    long free = begun[oldest] + windowNanos;
    long at = free - now > 0 ? free : now;
    begun[oldest] = at;
    oldest = (oldest + 1) % begun.length;
    return at;
  }
}
