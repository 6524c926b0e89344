package io.nimoshake.bench.whole;

import io.nimoshake.bench.report.Directories;
import io.nimoshake.bench.report.Goal;
import io.nimoshake.bench.report.Report;
import io.nimoshake.bench.report.Spread;
import io.nimoshake.testkit.canned.CannedTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures how long the program takes to start, with and without class data sharing. */
public final class StartUpPart {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final int SHORT_ITEMS = 200_000;
  private static final double SHORT_GOAL = 0.5;

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
    shortCopy();
  }

  /** Most tables are small, so the start is most of what their copy costs. */
  private void shortCopy() throws IOException, InterruptedException {
    report.paragraph(
        "A copy of "
            + SHORT_ITEMS
            + " items of 1 KB, canned endpoints. nimo-shake has the heap that its launcher chooses,"
            + " naive has "
            + Program.HEAP
            + ". The programs take turns.");
    report.table(
        "Program", "First write s", "CPU s until then", "CPU µs an item", "Items/s", "Complete");
    List<Program> programs = bench.copiers();
    programs.set(0, bench.nimoShake().withOwnHeap());
    Map<String, List<CopyCost>> costs = new LinkedHashMap<>();
    for (int round = 0; round < bench.rounds(); round++) {
      for (Program program : programs) {
        report.progress("short copy, " + program.name());
        costs
            .computeIfAbsent(program.name(), name -> new ArrayList<>())
            .add(CopyCost.of(program, List.of(CopyPart.table("mixed", "bench", SHORT_ITEMS)), 4));
      }
    }
    costs.forEach(
        (program, of) ->
            report.row(
                program,
                CopyPart.spread(of, cost -> CopyCost.seconds(cost.firstWrite())),
                CopyPart.spread(of, cost -> CopyCost.seconds(cost.startCpu())),
                CopyPart.spread(of, CopyCost::cpuMicrosPerItem),
                CopyPart.spread(of, CopyCost::itemsPerSecond),
                of.stream().allMatch(CopyCost::complete) ? "yes" : "NO"));
    report.end();
    List<CopyCost> ours = costs.get("nimo-shake");
    report.goal(
        Goal.here(
            "Start to the first document, s",
            CopyPart.spread(ours, cost -> CopyCost.seconds(cost.firstWrite())).median(),
            0.8,
            true));
    report.goal(
        Goal.ratio(
            "Copy of 200,000 items: CPU of nimo-shake / CPU of naive",
            CopyPart.spread(ours, CopyCost::cpuMicrosPerItem).median()
                / CopyPart.spread(costs.get("naive"), CopyCost::cpuMicrosPerItem).median(),
            SHORT_GOAL));
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
