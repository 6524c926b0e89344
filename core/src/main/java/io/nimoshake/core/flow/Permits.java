package io.nimoshake.core.flow;

import java.util.ArrayDeque;

/** A number of places. Whoever finds none free is called back in order when one is. */
public final class Permits {
  private final ArrayDeque<Runnable> waiters = new ArrayDeque<>();
  private int free;

  public Permits(int count) {
    free = count;
  }

  void acquire(Runnable granted) {
    synchronized (this) {
      if (free == 0) {
        waiters.add(granted);
        return;
      }
      free--;
    }
    granted.run();
  }

  void release() {
    Runnable next;
    synchronized (this) {
      next = waiters.poll();
      if (next == null) {
        free++;
        return;
      }
    }
    next.run();
  }
}
