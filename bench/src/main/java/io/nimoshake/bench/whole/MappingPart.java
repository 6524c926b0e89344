package io.nimoshake.bench.whole;

import io.nimoshake.bench.report.Goal;
import io.nimoshake.bench.report.Report;
import io.nimoshake.testkit.canned.CannedTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Measures what a mapping adds to a copy between canned endpoints. */
public final class MappingPart {
  private static final double CPU_GOAL = 1.5;
  private static final int SEGMENTS = 4;
  private static final int ITEMS = 500_000;

  /** A rename, a drop, two conversions, and a table that becomes three collections. */
  private static final String MAPPING =
      """
      version: 1
      tables:
        bench:
          attributes:
            - rename: {title: name}
            - drop: [hash]
            - convert: {created: date(epoch_millis), stock: long}
          split:
            - {when: {stock: {lt: 333}}, collection: low}
            - {when: {stock: {lt: 666}}, collection: middle}
            - otherwise: {collection: high}
      """;

  private final Bench bench;
  private final Report report;

  public MappingPart(Bench bench) {
    this.bench = bench;
    this.report = bench.report();
  }

  public void run() throws IOException, InterruptedException {
    Path mapping =
        Files.writeString(bench.directory().resolve("mapping.yaml"), MAPPING).toAbsolutePath();
    CannedTable table = CopyPart.table("mixed", "bench", bench.scaled(ITEMS));
    Program program = Program.NimoShake.built(Optional.empty());
    List<CopyCost> without = new ArrayList<>();
    List<CopyCost> with = new ArrayList<>();
    for (int round = 0; round < bench.rounds(); round++) {
      report.progress("without a mapping");
      without.add(CopyCost.of(program, List.of(table), SEGMENTS));
      report.progress("with a mapping");
      with.add(CopyCost.of(program, List.of(table), SEGMENTS, "mapping.file = " + mapping));
    }
    report.section("Copy with a mapping, canned endpoints");
    report.paragraph(
        "Items of 1 KB. The mapping renames an attribute, drops one, converts two, and makes three"
            + " collections of the table. Both take turns.");
    report.table("Mapping", "Items/s", "CPU µs an item", "Allocated an item, bytes", "Complete");
    row("none", without);
    row("yes", with);
    report.end();
    report.goal(
        Goal.ratio(
            "Copy of 1 KB items: CPU with a mapping / CPU without",
            CopyPart.spread(with, CopyCost::cpuMicrosPerItem).median()
                / CopyPart.spread(without, CopyCost::cpuMicrosPerItem).median(),
            CPU_GOAL));
  }

  private void row(String mapping, List<CopyCost> costs) {
    report.row(
        mapping,
        CopyPart.spread(costs, CopyCost::itemsPerSecond),
        CopyPart.spread(costs, CopyCost::cpuMicrosPerItem),
        CopyPart.spread(costs, CopyCost::allocatedBytesPerItem),
        costs.stream().allMatch(CopyCost::complete) ? "yes" : "NO");
  }
}
