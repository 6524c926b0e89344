package io.nimoshake.bench.whole;

import io.nimoshake.bench.report.Directories;
import io.nimoshake.bench.report.Report;
import io.nimoshake.bench.report.Spread;
import io.nimoshake.testkit.canned.CannedDynamo;
import io.nimoshake.testkit.canned.CannedMongo;
import io.nimoshake.testkit.canned.CannedTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How long it takes to be there, with and without the JVM's class data sharing. */
public final class StartUpPart {
  private static final String NO_SHARING = "-Xshare:off";
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Bench bench;
  private final Report report;

  public StartUpPart(Bench bench) {
    this.bench = bench;
    this.report = bench.report();
  }

  public void run() throws IOException, InterruptedException {
    int rounds = bench.quick() ? 3 : 10;
    report.section("Start");
    report.paragraph(
        "Of the installed program by its launcher, in milliseconds, wall time: median of "
            + rounds
            + " in turn, with least and largest.");
    List<Double> version = new ArrayList<>();
    List<Double> versionUnshared = new ArrayList<>();
    List<Double> scan = new ArrayList<>();
    List<Double> scanUnshared = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      report.progress("round " + (round + 1));
      version.add(version(List.of()));
      versionUnshared.add(version(List.of(NO_SHARING)));
      scan.add(firstScan(List.of()));
      scanUnshared.add(firstScan(List.of(NO_SHARING)));
    }
    report.table("", "As installed", "Without class data sharing");
    report.row("`--version`", new Spread(version), new Spread(versionUnshared));
    report.row("to the first Scan request", new Spread(scan), new Spread(scanUnshared));
    report.end();
  }

  private Program.NimoShake program(List<String> options) {
    return new Program.NimoShake(bench.nimoShake().launcher(), options);
  }

  private double version(List<String> options) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("bench");
    try (MeasuredProcess process =
        program(options).start(directory, directory.resolve("gc.log"), List.of("--version"))) {
      return process.await(LIMIT).wall().toNanos() / 1e6;
    } finally {
      Directories.delete(directory);
    }
  }

  private double firstScan(List<String> options) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("bench");
    CannedTable table = CopyPart.table("mixed", "bench", 1_000);
    try (CannedDynamo source = CannedDynamo.start(List.of(table));
        CannedMongo target = CannedMongo.start()) {
      Job job =
          new Job(
              "bench",
              source.endpoint(),
              target.uri(),
              "bench",
              1,
              List.of("sync_mode = full", "checkpoint.type = file"),
              directory);
      try (MeasuredProcess process = program(options).start(job, directory.resolve("gc.log"))) {
        process.await(LIMIT);
        long first =
            source
                .firstCallNanos("Scan")
                .orElseThrow(() -> new IllegalStateException("no Scan:\n" + process.output()));
        return (first - process.startedNanos()) / 1e6;
      }
    } finally {
      Directories.delete(directory);
    }
  }
}
