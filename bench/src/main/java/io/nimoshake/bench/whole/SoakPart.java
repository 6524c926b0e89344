package io.nimoshake.bench.whole;

import io.nimoshake.bench.report.Directories;
import io.nimoshake.bench.report.Goal;
import io.nimoshake.bench.report.Report;
import io.nimoshake.bench.report.Spread;
import io.nimoshake.bench.whole.MeasuredProcess.Sample;
import io.nimoshake.testkit.canned.CannedMongo;
import io.nimoshake.testkit.stream.Resharding;
import io.nimoshake.testkit.stream.ReshardingEndpoint;
import io.nimoshake.testkit.stream.ReshardingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Follows a trickle of changes for a long time, from shards that roll over again and again, and
 * watches memory and threads.
 */
public final class SoakPart {
  private static final int MINUTES = 30;
  private static final int ROLL_OVERS = 200;
  private static final int CHANGES_PER_SECOND = 50;

  /** The run has so many rows; the first third is for warming up. */
  private static final int ROWS = 15;

  private static final double FLAT_MEMORY = 1.1;
  private static final double FLAT_THREADS = 1.0;
  private static final long TO_ARRIVE_MILLIS = Duration.ofMinutes(2).toMillis();

  private final Bench bench;
  private final Report report;

  public SoakPart(Bench bench) {
    this.bench = bench;
    this.report = bench.report();
  }

  public void run() throws IOException, InterruptedException {
    int seconds = bench.scaled(MINUTES) * 60;
    int changes = CHANGES_PER_SECOND * seconds;
    int rollOvers = bench.scaled(ROLL_OVERS);
    report.section("Soak");
    report.paragraph(
        CHANGES_PER_SECOND
            + " changes a second from DynamoDB Local, for "
            + seconds / 60
            + " minutes. The shard rolls over "
            + rollOvers
            + " times. nimo-shake has the heap that its launcher chooses.");
    Path directory = Files.createTempDirectory("soak");
    ReshardingOptions options =
        ReshardingOptions.calm().resharding(Resharding.rollOverEvery(changes / rollOvers));
    try (BenchServers servers = new BenchServers();
        ReshardingEndpoint source =
            ReshardingEndpoint.to(servers.dynamoServer.endpoint(), options);
        ChangeLoad load = new ChangeLoad(servers, changes);
        CannedMongo target = CannedMongo.start(load)) {
      servers.createTable();
      Job job =
          new Job(
              "soak",
              source.endpoint(),
              target.uri(),
              List.of(BenchServers.TABLE),
              1,
              List.of("sync_mode = all", "checkpoint.address = " + servers.mongoServer.uri()),
              directory);
      try (MeasuredProcess process =
          bench.nimoShake().withOwnHeap().start(job, directory.resolve("gc.log"))) {
        load.start(CHANGES_PER_SECOND);
        watch(process, load, seconds);
        process.terminate();
      }
    } finally {
      Directories.delete(directory);
    }
  }

  private void watch(MeasuredProcess process, ChangeLoad load, int seconds)
      throws InterruptedException {
    report.table("Minute", "Changes", "% of a core", "Resident MB", "Threads");
    List<Sample> samples = new ArrayList<>(List.of(process.now()));
    double rowSeconds = (double) seconds / ROWS;
    for (int row = 1; row <= ROWS; row++) {
      TimeUnit.MILLISECONDS.sleep((long) (rowSeconds * 1000));
      if (!process.isAlive()) {
        throw new IllegalStateException("the process ended:\n" + process.output());
      }
      Sample now = process.now();
      Duration cpu = now.cpu().minus(samples.get(row - 1).cpu());
      samples.add(now);
      report.row(
          row * rowSeconds / 60,
          load.count(),
          100 * cpu.toNanos() / 1e9 / rowSeconds,
          megabytes(now),
          now.threads());
    }
    report.end();
    load.stop();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TO_ARRIVE_MILLIS);
    while (load.oldestUnseenMillis() > 0 && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    goals(load, samples);
  }

  private void goals(ChangeLoad load, List<Sample> samples) {
    List<Sample> middle = samples.subList(ROWS / 3 + 1, 2 * ROWS / 3 + 1);
    List<Sample> last = samples.subList(2 * ROWS / 3 + 1, ROWS + 1);
    report.goal(
        Goal.ratio(
            "Soak: resident memory, last third / second third",
            memory(last) / memory(middle),
            FLAT_MEMORY));
    report.goal(
        Goal.ratio(
            "Soak: threads, last third / second third",
            (double) threads(last) / threads(middle),
            FLAT_THREADS));
    report.goal(
        Goal.ratio("Soak: changes that did not arrive", load.count() - load.lagMillis().size(), 0));
  }

  private static double memory(List<Sample> samples) {
    return new Spread(samples.stream().map(SoakPart::megabytes).toList()).median();
  }

  private static long threads(List<Sample> samples) {
    return samples.stream().mapToLong(Sample::threads).max().orElseThrow();
  }

  private static double megabytes(Sample sample) {
    return sample.rssBytes() / 1048576.0;
  }
}
