package io.nimoshake.flink;

import static org.awaitility.Awaitility.await;

import io.nimoshake.app.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Copies one table by the program and by the packed job on a cluster of two TaskManagers with two
 * slots each, and prints what each took. Arguments: endpoint of the source, address of the target
 * (which need not keep what it is given), number of items in the table, rounds.
 */
final class FlinkThroughput {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private FlinkThroughput() {}

  public static void main(String[] arguments) throws Exception {
    String source = arguments[0];
    String target = arguments[1];
    long items = Long.parseLong(arguments[2]);
    int rounds = Integer.parseInt(arguments[3]);
    Path directory = Files.createTempDirectory("flink-throughput");
    System.out.println("| Host | Items/s | CPU µs an item | Wall s |");
    System.out.println("|---|---|---|---|");
    try (RealCluster cluster = RealCluster.start(directory, 2, 2, List.of())) {
      for (int round = 0; round < rounds; round++) {
        Path conf = configuration(directory, "program" + round, source, target);
        program(conf, items);
        for (int parallelism : new int[] {1, 2, 4}) {
          conf = configuration(directory, "job" + parallelism + "-" + round, source, target);
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
    }
  }

  private static void failIfFailed(RealCluster cluster, String job) {
    if (cluster.status(job).equals("FAILED")) {
      throw new AssertionError(cluster.output());
    }
  }

  private static Path configuration(Path directory, String id, String source, String target)
      throws IOException {
    return Files.write(
        directory.resolve(id + ".conf"),
        List.of(
            "id = " + id,
            "sync_mode = full",
            "source.access_key_id = accessKey",
            "source.secret_access_key = secret",
            "source.region = us-east-1",
            "source.endpoint_url = " + source,
            "target.type = mongodb",
            "target.address = " + target,
            "checkpoint.type = file",
            "checkpoint.address = " + directory.resolve("checkpoint"),
            "full.read.concurrency = 8",
            "full_sync.http_port = 0",
            "incr_sync.http_port = 0"));
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
