package io.nimoshake.core.flow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Bounds the bytes of pages in memory over all splits. First come, first served: a large request is
 * not overtaken by small ones. A request larger than the whole budget is granted when nothing else
 * is held, so that one huge page cannot stop the sync.
 */
public final class MemoryBudget {
  private record Waiter(long bytes, Runnable granted) {}

  private final long budgetBytes;
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private long heldBytes;

  public MemoryBudget(long budgetBytes) {
    if (budgetBytes <= 0) {
      throw new IllegalArgumentException("budget of " + budgetBytes + " bytes");
    }
    this.budgetBytes = budgetBytes;
  }

  /** Calls back when the bytes are held, within this call if they are free now. */
  public void acquire(long bytes, Runnable granted) {
    synchronized (this) {
      if (!waiters.isEmpty() || !fits(bytes)) {
        waiters.add(new Waiter(bytes, granted));
        return;
      }
      heldBytes += bytes;
    }
    granted.run();
  }

  /** Corrects the bytes that were acquired to those that are needed; never waits. */
  public void adjust(long fromBytes, long toBytes) {
    release(fromBytes - toBytes);
  }

  public void release(long bytes) {
    List<Runnable> granted = new ArrayList<>();
    synchronized (this) {
      heldBytes -= bytes;
      while (!waiters.isEmpty() && fits(waiters.peek().bytes())) {
        Waiter waiter = waiters.poll();
        heldBytes += waiter.bytes();
        granted.add(waiter.granted());
      }
    }
    granted.forEach(Runnable::run);
  }

  public synchronized long heldBytes() {
    return heldBytes;
  }

  public long budgetBytes() {
    return budgetBytes;
  }

  private boolean fits(long bytes) {
    return heldBytes + bytes <= budgetBytes || heldBytes == 0;
  }
}
