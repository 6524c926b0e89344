package io.nimoshake.core.flow;

import java.util.ArrayList;
import java.util.List;

/**
 * Counts calls that must not go on after something else has begun. Lets calls begin until it is
 * closed, and tells when the last of them has returned.
 */
public final class CallsUnderWay {
  private int underWay;
  private boolean closed;
  private final List<Runnable> waiting = new ArrayList<>();

  /** Whether a call may begin. If so, {@link #returned} must follow. */
  public synchronized boolean begin() {
    underWay += closed ? 0 : 1;
    return !closed;
  }

  /** A call that was let begin has returned. */
  public void returned() {
    List<Runnable> told = List.of();
    synchronized (this) {
      underWay--;
      if (underWay == 0) {
        told = List.copyOf(waiting);
        waiting.clear();
      }
    }
    told.forEach(Runnable::run);
  }

  /**
   * Lets no call begin any more.
   *
   * @param then runs once, when none is under way; within this call if none is now
   */
  public void close(Runnable then) {
    synchronized (this) {
      closed = true;
      if (underWay > 0) {
        waiting.add(then);
        return;
      }
    }
    then.run();
  }

  public synchronized boolean isClosed() {
    return closed;
  }
}
