package io.nimoshake.bench.whole;

import io.nimoshake.bench.report.Directories;
import io.nimoshake.bench.report.Report;
import io.nimoshake.bench.report.Spread;
import io.nimoshake.testkit.canned.CannedTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Measures how long the program takes to start, with and without class data sharing. */
public final class StartUpPart {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  /** Where the JVM gets its classes from. */
  private enum Sharing {
    INSTALLED("As installed: archive of nimo-shake's classes", Map.of()),
    JDK("Archive of the JDK only", Map.of("NIMO_SHAKE_ARCHIVE", "off")),
    NONE("No archive", Map.of("NIMO_SHAKE_ARCHIVE", "off", "JAVA_OPTS", "-Xshare:off"));

    final String label;
    final Map<String, String> environment;

    Sharing(String label, Map<String, String> environment) {
      this.label = label;
      this.environment = environment;
    }
  }

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
        "Wall time of the installed program, started by its launcher, in milliseconds. Each number"
            + " is the median of "
            + rounds
            + " rounds, with the smallest and the largest. The rows take turns.");
    Map<Sharing, List<Double>> version = new EnumMap<>(Sharing.class);
    Map<Sharing, List<Double>> scan = new EnumMap<>(Sharing.class);
    for (int round = 0; round < rounds; round++) {
      report.progress("round " + (round + 1));
      for (Sharing sharing : Sharing.values()) {
        version.computeIfAbsent(sharing, s -> new ArrayList<>()).add(version(sharing));
        scan.computeIfAbsent(sharing, s -> new ArrayList<>()).add(firstScan(sharing));
      }
    }
    report.table("Class data sharing", "`--version`", "To the first Scan request");
    for (Sharing sharing : Sharing.values()) {
      report.row(sharing.label, new Spread(version.get(sharing)), new Spread(scan.get(sharing)));
    }
    report.end();
  }

  private Program.NimoShake program(Sharing sharing) {
    return bench.nimoShake().with(sharing.environment);
  }

  private double version(Sharing sharing) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("bench");
    try (MeasuredProcess process =
        program(sharing).start(directory, directory.resolve("gc.log"), List.of("--version"))) {
      return process.await(LIMIT).wall().toNanos() / 1e6;
    } finally {
      Directories.delete(directory);
    }
  }

  private double firstScan(Sharing sharing) throws IOException, InterruptedException {
    CannedTable table = CopyPart.table("mixed", "bench", 1_000);
    List<String> lines = List.of("sync_mode = full", "checkpoint.type = file");
    try (CannedEndpoints canned = CannedEndpoints.start(List.of(table));
        MeasuredProcess process = canned.start(program(sharing), 1, lines)) {
      process.await(LIMIT);
      long first =
          canned
              .source
              .firstCallNanos("Scan")
              .orElseThrow(() -> new IllegalStateException("no Scan:\n" + process.output()));
      return (first - process.startedNanos()) / 1e6;
    }
  }
}
