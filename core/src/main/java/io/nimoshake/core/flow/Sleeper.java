package io.nimoshake.core.flow;

import io.nimoshake.core.fault.Fault;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Lets the calling thread wait: for commands and start-up, which have a thread to themselves. */
public interface Sleeper extends Clock {
  /** Returns after this time; {@link Fault.Fatal} if the thread is told to end meanwhile. */
  void sleep(Duration duration) throws Fault;

  /** Sleeps in the thread, by the machine's clock. An interrupt ends it. */
  Sleeper IN_THREAD = new InThread();

  /** See {@link #IN_THREAD}. */
  final class InThread implements Sleeper, MachineClock {
    private InThread() {}

    @Override
    public void sleep(Duration duration) throws Fault {
      try {
        TimeUnit.NANOSECONDS.sleep(duration.toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Fault.Fatal("interrupted", e);
      }
    }
  }
}
