package io.nimoshake.bench.whole;

import io.nimoshake.bench.items.SampleItems;
import io.nimoshake.bench.report.Goal;
import io.nimoshake.bench.report.Report;
import io.nimoshake.bench.report.Spread;
import io.nimoshake.testkit.canned.CannedTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Measures copies between canned endpoints. They cost almost nothing, so the program is the limit.
 */
public final class CopyPart {
  private static final double CPU_GOAL = 0.25;
  private static final int SEGMENTS = 4;

  /** A kind of items, and how many of them are copied. */
  private enum Size {
    SMALL("100 B", "small", 1_000_000),
    MIXED("1 KB", "mixed", 500_000),
    LARGE("100 KB", "large", 6_000);

    final String label;
    final String kind;
    final int items;

    Size(String label, String kind, int items) {
      this.label = label;
      this.kind = kind;
      this.items = items;
    }
  }

  private final Bench bench;
  private final Report report;

  public CopyPart(Bench bench) {
    this.bench = bench;
    this.report = bench.report();
  }

  public void run() throws IOException, InterruptedException {
    report.section("Copy, canned endpoints");
    report.paragraph(
        "CPU is user and system time of the whole process, with the start of its JVM. *After start*"
            + " is without the time up to the first write. The heap is "
            + Program.HEAP.substring(4)
            + ". Each number is the median of "
            + bench.rounds()
            + " rounds, with the smallest and the largest. The programs take turns.");
    report.table(
        "Item",
        "Segments",
        "Program",
        "Items/s",
        "CPU µs an item",
        "after start",
        "Allocated an item, bytes",
        "Peak RSS MB",
        "First write s",
        "After the last write s",
        "Complete");
    for (Size size : Size.values()) {
      Map<String, List<CopyCost>> costs = compare(size, SEGMENTS, bench.rounds());
      if (size == Size.MIXED) {
        goal(costs);
      }
    }
    for (int segments : bench.quick() ? new int[] {1} : new int[] {1, 2, 8, 16}) {
      compare(Size.MIXED, segments, 1);
    }
    report.end();
  }

  private Map<String, List<CopyCost>> compare(Size size, int segments, int rounds)
      throws IOException, InterruptedException {
    CannedTable table = table(size.kind, "bench", bench.scaled(size.items));
    Map<String, List<CopyCost>> costs = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (Program program : bench.copiers()) {
        report.progress(size.label + ", " + segments + " segments, " + program.name());
        costs
            .computeIfAbsent(program.name(), name -> new ArrayList<>())
            .add(CopyCost.of(program, List.of(table), segments));
      }
    }
    costs.forEach(
        (program, of) ->
            report.row(
                size.label,
                segments,
                program,
                spread(of, CopyCost::itemsPerSecond),
                spread(of, CopyCost::cpuMicrosPerItem),
                spread(of, CopyCost::cpuMicrosPerItemAfterStart),
                spread(of, CopyCost::allocatedBytesPerItem),
                spread(of, CopyCost::peakRssMegabytes),
                spread(of, cost -> CopyCost.seconds(cost.firstWrite())),
                spread(of, cost -> CopyCost.seconds(cost.afterLastWrite())),
                of.stream().allMatch(CopyCost::complete) ? "yes" : "NO"));
    return costs;
  }

  static CannedTable table(String kind, String name, long items) {
    return new CannedTable(
        name, SampleItems.of(kind, "item-" + CannedTable.NUMBER, 50), items, 1, 0);
  }

  static Spread spread(List<CopyCost> costs, ToDoubleFunction<CopyCost> value) {
    return new Spread(costs.stream().mapToDouble(value).boxed().toList());
  }

  private void goal(Map<String, List<CopyCost>> costs) {
    double ours = spread(costs.get("nimo-shake"), CopyCost::cpuMicrosPerItem).median();
    double naive = spread(costs.get("naive"), CopyCost::cpuMicrosPerItem).median();
    report.goal(
        Goal.ratio("Copy of 1 KB items: CPU of nimo-shake / CPU of naive", ours / naive, CPU_GOAL));
  }
}
