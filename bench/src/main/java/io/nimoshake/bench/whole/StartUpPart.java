package io.nimoshake.bench.whole;

import io.nimoshake.bench.report.Goal;
import io.nimoshake.bench.report.Report;
import io.nimoshake.testkit.canned.CannedTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures how long it takes from the start of a program to its first document. */
public final class StartUpPart {
  private static final int FEW_ITEMS = 1_000;
  private static final int SHORT_ITEMS = 200_000;
  private static final double SHORT_GOAL = 0.5;

  /** Where nimo-shake's JVM gets its classes from. */
  private enum Sharing {
    INSTALLED("nimo-shake, as installed: archive of its classes", Map.of()),
    JDK("nimo-shake, archive of the JDK only", Map.of("NIMO_SHAKE_ARCHIVE", "off")),
    NONE("nimo-shake, no archive", Map.of("NIMO_SHAKE_ARCHIVE", "off", "JAVA_OPTS", "-Xshare:off"));

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
        "A copy of "
            + FEW_ITEMS
            + " items of 1 KB, canned endpoints. First document: the time from the start of the"
            + " launcher until the first document reaches the target. Each number is the median of "
            + rounds
            + " rounds, with the smallest and the largest. The programs take turns.");
    Map<String, Program> programs = new LinkedHashMap<>();
    for (Sharing sharing : Sharing.values()) {
      programs.put(sharing.label, bench.nimoShake().withOwnHeap().with(sharing.environment));
    }
    bench.copiers().stream().skip(1).forEach(other -> programs.put(other.name(), other));
    Map<String, List<CopyCost>> costs = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      report.progress("round " + (round + 1));
      for (Map.Entry<String, Program> program : programs.entrySet()) {
        costs
            .computeIfAbsent(program.getKey(), name -> new ArrayList<>())
            .add(CopyCost.of(program.getValue(), List.of(table(FEW_ITEMS)), 1));
      }
    }
    report.table("Program", "First document s", "CPU s until then", "Whole copy s", "Complete");
    costs.forEach(
        (program, of) ->
            report.row(
                program,
                CopyPart.spread(of, cost -> CopyCost.seconds(cost.firstWrite())),
                CopyPart.spread(of, cost -> CopyCost.seconds(cost.startCpu())),
                CopyPart.spread(of, cost -> CopyCost.seconds(cost.wall())),
                of.stream().allMatch(CopyCost::complete) ? "yes" : "NO"));
    report.end();
    report.goal(
        Goal.here(
            "Start to the first document, s",
            CopyPart.spread(
                    costs.get(Sharing.INSTALLED.label), cost -> CopyCost.seconds(cost.firstWrite()))
                .median(),
            0.8,
            true));
    shortCopy();
  }

  private static CannedTable table(long items) {
    return CopyPart.table("mixed", "bench", items);
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
            .add(CopyCost.of(program, List.of(table(SHORT_ITEMS)), 4));
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
        Goal.ratio(
            "Copy of 200,000 items: CPU of nimo-shake / CPU of naive",
            CopyPart.spread(ours, CopyCost::cpuMicrosPerItem).median()
                / CopyPart.spread(costs.get("naive"), CopyCost::cpuMicrosPerItem).median(),
            SHORT_GOAL));
  }
}
