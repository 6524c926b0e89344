package io.nimoshake.core.flow;

import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/** The clock of the machine, and the randomness of the JVM. */
public interface MachineClock extends Clock {
  @Override
  default Instant now() {
    return Instant.now();
  }

  @Override
  default long nanoTime() {
    return System.nanoTime();
  }

  @Override
  default double random() {
    return ThreadLocalRandom.current().nextDouble();
  }
}
