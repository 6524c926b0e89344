package io.nimoshake.testkit.sim;

import org.junit.jupiter.api.Test;

/**
 * Plays {@code -Dsim.returns} returns (200 where nothing is said). A failing seed is printed with
 * all that led to it, and fails again the same way.
 */
class ReturnSimulationTest {
  private static final long SEEDS = Long.getLong("sim.returns", 200);

  @Test
  void neverSaysThatAllHasArrivedWhileAWriteIsMissing() {
    PlayedDrains.assertAllHold(SEEDS, ReturnSimulation::run);
  }
}
