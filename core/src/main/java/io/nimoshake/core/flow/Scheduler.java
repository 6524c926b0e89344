package io.nimoshake.core.flow;

import java.time.Duration;
import java.time.Instant;

/**
 * Where work runs, and time. The program gives threads and the machine's clock, the simulator one
 * thread and a clock of its own.
 */
public interface Scheduler {
  /** Runs something that may block, soon, on some thread. Never runs it within this call. */
  void execute(Runnable work);

  /** Runs something after a time, as {@link #execute} would. */
  void after(Duration delay, Runnable work);

  /** The wall clock. */
  Instant now();

  /** A clock that only goes forward, in nanoseconds from any origin. */
  long nanoTime();

  /** Uniform in [0, 1), for jitter. */
  double random();
}
