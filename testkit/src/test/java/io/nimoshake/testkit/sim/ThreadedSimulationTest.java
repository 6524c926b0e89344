package io.nimoshake.testkit.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Runs {@code -Dsim.threaded} seeds (40 where nothing is said) from {@code -Dsim.first} on, four at
 * a time: they wait more than they work. A failing seed need not fail again, as the threads are the
 * machine's, but mostly does in some runs.
 */
class ThreadedSimulationTest {
  private static final long FIRST = Long.getLong("sim.first", 1);
  private static final long SEEDS = Long.getLong("sim.threaded", 40);
  private static final int AT_A_TIME = 4;

  @Test
  void callsThatOverlapKeepThePromises() throws InterruptedException {
    ExecutorService runs = Executors.newFixedThreadPool(AT_A_TIME);
    List<String> failures = new ArrayList<>();
    try {
      List<Future<?>> results = new ArrayList<>();
      for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
        long each = seed;
        results.add(
            runs.submit(
                () -> {
                  ThreadedSimulation.run(each);
                  return null;
                }));
      }
      for (Future<?> result : results) {
        try {
          result.get();
        } catch (ExecutionException e) {
          failures.add(e.getCause().getMessage());
        }
      }
    } finally {
      runs.shutdownNow();
    }
    assertEquals(List.of(), failures);
  }
}
