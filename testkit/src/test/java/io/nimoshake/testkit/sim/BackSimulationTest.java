package io.nimoshake.testkit.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Simulates {@code -Dsim.back} runs of the way back (500 where nothing is said) from {@code
 * -Dsim.first} on. A failing seed is printed with all that led to it, and fails again the same way.
 */
class BackSimulationTest {
  private static final long FIRST = Long.getLong("sim.first", 1);
  private static final long SEEDS = Long.getLong("sim.back", 500);

  @Test
  void everySeedKeepsThePromises() {
    List<String> failed = new ArrayList<>();
    long steps = 0;
    int tables = 0;
    int failedTables = 0;
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      try {
        BackSimulation.Run run = BackSimulation.run(seed, false);
        steps += run.steps();
        tables += run.tables();
        failedTables += run.failedTables();
      } catch (SimFailure | RuntimeException e) {
        // A RuntimeException is a bug of what is simulated.
        failed.add(seed + ": " + e);
      }
    }
    System.out.printf(
        "%d seeds, %d failed, %d steps, %d of %d tables had to fail%n",
        SEEDS, failed.size(), steps, failedTables, tables);
    if (!failed.isEmpty()) {
      System.out.println(String.join("\n", failed.subList(0, Math.min(20, failed.size()))));
      BackSimulation.run(Long.parseLong(failed.get(0).split(":")[0]), true);
    }
    assertTrue(failedTables < tables / 2, failedTables + " of " + tables + " tables failed");
  }

  @Test
  void aSeedReplaysIdentically() {
    for (long seed = FIRST; seed < FIRST + 20; seed++) {
      assertEquals(BackSimulation.run(seed, false), BackSimulation.run(seed, false));
    }
  }
}
