package io.nimoshake.flink;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Shows how the packed job grows with 1, 2 and 4 TaskManagers of one slot, each capped at a fifth
 * of a core, and what a warm item costs. Each row has a cluster of its own. The job runs without
 * caps until it has written {@code -Dflink.growth.warm} items for each TaskManager. Then it is
 * capped and measured for {@code -Dflink.growth.seconds}. The table has {@code
 * -Dflink.growth.items} items or changes, too many to end meanwhile. A smaller number than 4 in
 * {@code -Dflink.growth.most} leaves rows out. Closing the cluster ends the job.
 */
@EnabledIfSystemProperty(named = FlinkGrowth.SECONDS, matches = "\\d+")
class FlinkGrowth {
  static final String SECONDS = "flink.growth.seconds";

  private static final double CORES = 0.2;
  private static final int SHARDS = 8;
  private static final Duration SETTLE = Duration.ofSeconds(10);
  private static final Duration WARM_LIMIT = Duration.ofMinutes(30);

  private final long items = Long.getLong("flink.growth.items", 1_000_000_000);
  private final long warm = Long.getLong("flink.growth.warm", 2_000_000);
  private final int most = Integer.getInteger("flink.growth.most", 4);
  private final Duration measured = Duration.ofSeconds(Long.getLong(SECONDS));

  @TempDir Path directory;

  /** What a job did between two moments. */
  private record Work(long items, Duration cpu, Duration wall) {
    double rate() {
      return items / (wall.toNanos() / 1e9);
    }
  }

  @BeforeAll
  static void begin() throws IOException {
    try (CpuCap probe = cap(0)) {
      System.out.println(
          "| | TaskManagers | Items/s | Times one | CPU µs an item, TaskManagers | Of the caps |");
      System.out.println("|---|---|---|---|---|---|");
    } catch (IOException e) {
      String reason = "skipped: no control group can be made that limits the CPU: " + e;
      // The build does not print why a test was skipped.
      System.out.println(reason);
      abort(reason);
    }
  }

  private static CpuCap cap(int number) throws IOException {
    return CpuCap.create("nimo-shake-" + ProcessHandle.current().pid() + "-" + number, CORES);
  }

  @Test
  void copy() throws Exception {
    measure("copy", "full", items, 1, 0);
  }

  @Test
  void stream() throws Exception {
    measure("stream", "all", 0, SHARDS, items / SHARDS);
  }

  private void measure(String what, String mode, long items, int shards, long changesPerShard)
      throws Exception {
    double one = 0;
    for (int count = 1; count <= most; count *= 2) {
      Path place = Files.createDirectory(directory.resolve(what + count));
      try (CannedSync sync = CannedSync.start(place, items, shards, changesPerShard);
          RealCluster cluster = RealCluster.startAsInUse(place, count, 1)) {
        String job = cluster.run(sync.configuration(what + count, mode), count, Optional.empty());
        Work work = capped(sync, cluster, job, warm * count);
        one = count == 1 ? work.rate() : one;
        System.out.printf(
            Locale.ROOT,
            "| %s | %d | %,.0f | %.2f | %.1f | %.0f %% |%n",
            what,
            count,
            work.rate(),
            work.rate() / one,
            work.cpu().toNanos() / 1e3 / work.items(),
            100.0 * work.cpu().toNanos() / (CORES * count * work.wall().toNanos()));
      }
    }
  }

  /** Caps the TaskManagers when so many items are written; what they then do. */
  private Work capped(CannedSync sync, RealCluster cluster, String job, long warmItems)
      throws IOException {
    await()
        .atMost(WARM_LIMIT)
        .failFast(() -> cluster.assertGoesOn(job))
        .until(() -> sync.written() >= warmItems);
    List<CpuCap> caps = new ArrayList<>();
    try {
      for (Process taskManager : cluster.taskManagers()) {
        CpuCap cap = cap(caps.size());
        caps.add(cap);
        cap.add(taskManager);
      }
      goOn(cluster, job, SETTLE);
      long begin = System.nanoTime();
      long before = sync.written();
      Duration cpuBefore = cluster.taskManagersCpu();
      goOn(cluster, job, measured);
      Duration cpu = cluster.taskManagersCpu().minus(cpuBefore);
      long written = sync.written() - before;
      Duration wall = Duration.ofNanos(System.nanoTime() - begin);
      assertTrue(written > 0, cluster::output);
      assertTrue(sync.written() < items, "-Dflink.growth.items is too small");
      return new Work(written, cpu, wall);
    } finally {
      for (CpuCap cap : caps) {
        cap.close();
      }
    }
  }

  /** Fails if the job ends or restarts meanwhile. */
  private static void goOn(RealCluster cluster, String job, Duration time) {
    long end = System.nanoTime() + time.toNanos();
    await()
        .atMost(time.plusMinutes(1))
        .pollInterval(Duration.ofSeconds(1))
        .failFast(() -> assertEquals("RUNNING", cluster.status(job), cluster::output))
        .until(() -> System.nanoTime() - end >= 0);
  }
}
