package io.nimoshake.flink;

import io.nimoshake.testkit.sim.ThreadedSimulation;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs {@code -Dsim.flink} seeds (5 where nothing is said) of the threaded simulation from {@code
 * -Dsim.first} on as jobs of a cluster in this process, whose TaskManagers and JobManagers die.
 */
class SimulatedClusterTest {
  private static final long FIRST = Long.getLong("sim.first", 1);
  private static final long SEEDS = Long.getLong("sim.flink", 5);

  @TempDir Path directory;

  @Test
  void jobsWhoseProcessesDieKeepThePromises() throws Exception {
    int taskManagers = 0;
    int jobManagers = 0;
    long begin = System.nanoTime();
    try (MiniHost flink = MiniHost.start(directory, 2, 1)) {
      for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
        ClusterHost host = new ClusterHost(flink);
        ThreadedSimulation.run(seed, host);
        taskManagers += host.taskManagersReplaced;
        jobManagers += host.jobManagersReplaced;
      }
    }
    System.out.printf(
        "%d seeds as jobs, %d TaskManagers and %d JobManagers replaced, %.1f s%n",
        SEEDS, taskManagers, jobManagers, (System.nanoTime() - begin) / 1e9);
  }
}
