package io.nimoshake.testkit.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Simulates {@code -Dsim.seeds} runs (2,000 where nothing is said) from {@code -Dsim.first} on. A
 * failing seed is printed with all that led to it, and fails again the same way.
 */
class SimulatorTest {
  private static final long FIRST = Long.getLong("sim.first", 1);
  private static final long SEEDS = Long.getLong("sim.seeds", 2_000);
  private static final int EXPLAINED = 2;

  @Test
  void everySeedKeepsThePromises() {
    List<Long> failed = new ArrayList<>();
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      if (Simulator.run(seed).failure().isPresent()) {
        failed.add(seed);
        if (failed.size() <= EXPLAINED) {
          System.out.print(Simulator.explain(seed));
        }
      }
    }
    assertTrue(failed.isEmpty(), failed.size() + " of " + SEEDS + " seeds fail: " + failed);
  }

  @Test
  void aSeedReplaysIdentically() {
    for (long seed = FIRST; seed < FIRST + 20; seed++) {
      assertEquals(Simulator.run(seed).fingerprint(), Simulator.run(seed).fingerprint());
    }
  }
}
