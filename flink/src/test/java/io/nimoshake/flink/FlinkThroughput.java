package io.nimoshake.flink;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.Main;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Copies a canned table of {@code -Dflink.throughput.items} items of 1 KB to a target that keeps
 * nothing, {@code -Dflink.throughput.rounds} times (3 where nothing is said), by the program and by
 * the packed job on a cluster of two TaskManagers with two slots each; prints what each took.
 */
@EnabledIfSystemProperty(named = FlinkThroughput.ITEMS, matches = "\\d+")
class FlinkThroughput {
  static final String ITEMS = "flink.throughput.items";

  private static final Duration LIMIT = Duration.ofMinutes(10);

  @TempDir Path directory;

  @Test
  void besideTheProgram() throws Exception {
    long items = Long.getLong(ITEMS);
    int rounds = Integer.getInteger("flink.throughput.rounds", 3);
    try (CannedSync sync = CannedSync.start(directory, items, 1, 0);
        RealCluster cluster = RealCluster.startAsInUse(directory, 2, 2)) {
      System.out.println("| Host | Items/s | CPU µs an item | Wall s |");
      System.out.println("|---|---|---|---|");
      for (int round = 0; round < rounds; round++) {
        Path conf = sync.configuration("program" + round, "full");
        program(conf, items);
        for (int parallelism : new int[] {1, 2, 4}) {
          conf = sync.configuration("job" + parallelism + "-" + round, "full");
          Duration before = cluster.cpu();
          String job = cluster.run(conf, parallelism, Optional.empty());
          await()
              .atMost(LIMIT)
              .failFast(() -> failIfFailed(cluster, job))
              .until(() -> cluster.status(job).equals("FINISHED"));
          print(
              "Flink, parallelism " + parallelism,
              items,
              cluster.cpu().minus(before),
              cluster.duration(job));
        }
      }
      long copies = 4L * rounds;
      assertTrue(sync.written() >= items * copies, () -> "only " + sync.written());
    }
  }

  private static void failIfFailed(RealCluster cluster, String job) {
    if (cluster.status(job).equals("FAILED")) {
      throw new AssertionError(cluster.output());
    }
  }

  private static void program(Path conf, long items) throws Exception {
    Path output = Files.createTempFile(conf.getParent(), "program", ".out");
    long begin = System.nanoTime();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx320m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "-conf=" + conf)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    Duration cpu = Duration.ZERO;
    do {
      cpu = process.info().totalCpuDuration().orElse(cpu);
    } while (!process.waitFor(20, TimeUnit.MILLISECONDS));
    if (process.exitValue() != 0) {
      throw new AssertionError(Files.readString(output));
    }
    print("program", items, cpu, Duration.ofNanos(System.nanoTime() - begin));
  }

  private static void print(String host, long items, Duration cpu, Duration wall) {
    System.out.printf(
        Locale.ROOT,
        "| %s | %.0f | %.1f | %.1f |%n",
        host,
        items / (wall.toNanos() / 1e9),
        cpu.toNanos() / 1e3 / items,
        wall.toNanos() / 1e9);
  }
}
