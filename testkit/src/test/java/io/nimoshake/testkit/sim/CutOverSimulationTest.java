package io.nimoshake.testkit.sim;

import org.junit.jupiter.api.Test;

/**
 * Plays {@code -Dsim.cutovers} cut-overs (200 where nothing is said). A failing seed is printed
 * with all that led to it, and fails again the same way.
 */
class CutOverSimulationTest {
  private static final long SEEDS = Long.getLong("sim.cutovers", 200);

  @Test
  void neverSaysThatAllHasArrivedWhileAWriteIsMissing() {
    PlayedDrains.assertAllHold(SEEDS, CutOverSimulation::run);
  }
}
