package io.nimoshake.core.flow;

import java.util.ArrayList;
import java.util.List;

/** Pauses a table. Whoever comes while the gate is shut is called back when it opens. */
public final class Gate {
  private final List<Runnable> waiters = new ArrayList<>();
  private boolean open = true;

  /** Calls back when the gate is open, within this call if it is open now. */
  public void pass(Runnable through) {
    synchronized (this) {
      if (!open) {
        waiters.add(through);
        return;
      }
    }
    through.run();
  }

  public synchronized void shut() {
    open = false;
  }

  public void open() {
    List<Runnable> waiting;
    synchronized (this) {
      open = true;
      waiting = List.copyOf(waiters);
      waiters.clear();
    }
    waiting.forEach(Runnable::run);
  }

  public synchronized boolean isOpen() {
    return open;
  }
}
