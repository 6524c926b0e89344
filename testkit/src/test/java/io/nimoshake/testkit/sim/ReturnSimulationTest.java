package io.nimoshake.testkit.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Plays {@code -Dsim.returns} returns (200 where nothing is said). A failing seed is printed with
 * all that led to it, and fails again the same way.
 */
class ReturnSimulationTest {
  private static final long SEEDS = Long.getLong("sim.returns", 200);

  @Test
  void neverSaysThatAllHasArrivedWhileAWriteIsMissing() {
    List<String> failed = new ArrayList<>();
    long drained = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        drained += ReturnSimulation.run(seed, false) ? 1 : 0;
      } catch (SimFailure | RuntimeException e) {
        // A RuntimeException is a bug of what is simulated.
        failed.add(seed + ": " + e.getMessage());
      }
    }
    if (!failed.isEmpty()) {
      System.out.println(String.join("\n", failed));
      ReturnSimulation.run(Long.parseLong(failed.get(0).split(":")[0]), true);
    }
    assertTrue(drained > SEEDS * 3 / 4, drained + " of " + SEEDS + " came to their end");
  }
}
