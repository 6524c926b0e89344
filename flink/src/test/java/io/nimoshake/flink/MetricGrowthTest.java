package io.nimoshake.flink;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.flink.metrics.ReportedMetrics;
import io.nimoshake.testkit.memory.RollingTable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job runs for months, and a shard for hours. Whatever a shard leaves behind is there for ever.
 * For each split of its own Flink keeps an output with seven gauges, so outputs would show here.
 */
class MetricGrowthTest {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final int LINES = 4;

  @TempDir Path directory;

  @Test
  void twoHundredRollOversLeaveNothingBehind() throws Exception {
    RollingTable table = new RollingTable(LINES);
    try (SimulatedPorts ports = new SimulatedPorts(table);
        MiniHost flink = MiniHost.start(directory, 1, 2, ReportedMetrics.settings())) {
      Map<String, String> settings = Map.of("execution.checkpointing.interval", "10 ms");
      JobID job = flink.submit(ports, 2, Optional.empty(), settings);
      List<String> after20 = roll(flink, job, table, 20 / LINES);
      assertTrue(
          after20.stream().anyMatch(name -> name.contains("stream_lag_seconds")),
          after20::toString);
      List<String> after200 = roll(flink, job, table, 200 / LINES);
      assertEquals(after20.size(), after200.size(), () -> "such as " + example(after20, after200));
      flink.cancel(job);
    }
  }

  private static Optional<String> example(List<String> before, List<String> after) {
    return after.stream().filter(name -> !before.contains(name)).findFirst();
  }

  /** The metrics that are registered when the shards of all lines have rolled over so often. */
  private static List<String> roll(MiniHost flink, JobID job, RollingTable table, int times) {
    table.rollTo(times);
    await()
        .atMost(LIMIT)
        .failFast(() -> assertTrue(flink.isAlive(job), () -> flink.failure(job)))
        .until(table::isAllWritten);
    return ReportedMetrics.names();
  }
}
