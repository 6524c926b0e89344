package io.nimoshake.core.flow;

import java.time.Instant;

/** Time and chance: the machine's in the program, a simulator's in a simulation. */
public interface Clock {
  /** The wall clock. */
  Instant now();

  /** A clock that only goes forward, in nanoseconds from any origin. */
  long nanoTime();

  /** Uniform in [0, 1), for jitter. */
  double random();
}
