package io.nimoshake.bench.whole;

import io.nimoshake.bench.report.Goal;
import io.nimoshake.bench.report.Plot;
import io.nimoshake.bench.report.Report;
import io.nimoshake.bench.whole.StreamPart.StreamCost;
import io.nimoshake.testkit.canned.CannedTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Measures the cost of an item with more and more items, shards and tables. Canned endpoints. */
public final class ScalingPart {
  private static final int SEGMENTS = 4;
  private static final int TABLE_ITEMS = 500_000;
  private static final int SHARD_CHANGES = 500_000;

  /** A cost that grows by less than this factor counts as flat. */
  private static final double FLAT = 1.25;

  private final Bench bench;
  private final Report report;

  public ScalingPart(Bench bench) {
    this.bench = bench;
    this.report = bench.report();
  }

  /** One point of a plot. */
  private record Point(double work, double cpuMicros, double peakRssMegabytes) {}

  public void items() throws IOException, InterruptedException {
    report.section("Cost with more items");
    report.paragraph(
        "Copy of one table of 1 KB items in "
            + SEGMENTS
            + " segments. Kept: the largest heap after a full garbage collection, or after any if"
            + " there was none. In a short run, most of the CPU time is the compiler of the JVM. A"
            + " short run ends before its heap has grown to its limit of "
            + Program.HEAP.substring(4)
            + ".");
    report.table(
        "Items", "CPU µs an item", "after start", "Peak RSS MB", "Kept MB", "Items/s", "Complete");
    List<Point> points = new ArrayList<>();
    double keptOfHeap = 0;
    long[] sizes =
        bench.quick()
            ? new long[] {10_000, 100_000, 400_000}
            : new long[] {10_000, 100_000, 1_000_000, 10_000_000};
    for (long items : sizes) {
      report.progress(items + " items");
      CopyCost cost =
          CopyCost.of(
              bench.nimoShake(), List.of(CopyPart.table("mixed", "bench", items)), SEGMENTS);
      report.row(
          items,
          cost.cpuMicrosPerItem(),
          cost.cpuMicrosPerItemAfterStart(),
          cost.peakRssMegabytes(),
          cost.mostKeptMegabytes(),
          cost.itemsPerSecond(),
          cost.complete() ? "yes" : "NO");
      points.add(new Point(items, cost.cpuMicrosPerItemAfterStart(), cost.peakRssMegabytes()));
      keptOfHeap = cost.keptOfHeap();
    }
    report.end();
    plot("items", "Copy of one table", "items", "CPU after start, µs an item", points);
    int last = points.size() - 1;
    report.goal(
        Goal.ratio(
            "CPU an item, most items / next fewer",
            points.get(last).cpuMicros() / points.get(last - 1).cpuMicros(),
            FLAT));
    report.goal(
        Goal.ratio(
            "Copy of most items: memory that is kept / heap", keptOfHeap, CopyCost.KEPT_GOAL));
  }

  public void tables() throws IOException, InterruptedException {
    int items = bench.scaled(TABLE_ITEMS);
    report.section("Cost with more tables");
    report.paragraph(
        "Copy of " + items + " items of 1 KB, spread over the tables, 16 tables at a time.");
    report.table("Tables", "CPU µs an item", "after start", "Peak RSS MB", "Complete");
    List<Point> points = new ArrayList<>();
    for (int tables : bench.quick() ? new int[] {1, 100} : new int[] {1, 10, 100, 500}) {
      report.progress(tables + " tables");
      List<CannedTable> all =
          IntStream.range(0, tables)
              .mapToObj(i -> CopyPart.table("mixed", "bench" + i, items / tables))
              .toList();
      CopyCost cost = CopyCost.of(bench.nimoShake(), all, SEGMENTS);
      report.row(
          tables,
          cost.cpuMicrosPerItem(),
          cost.cpuMicrosPerItemAfterStart(),
          cost.peakRssMegabytes(),
          cost.complete() ? "yes" : "NO");
      points.add(new Point(tables, cost.cpuMicrosPerItemAfterStart(), cost.peakRssMegabytes()));
    }
    report.end();
    plot("tables", "Copy of many tables", "tables", "CPU after start, µs an item", points);
  }

  public void shards() throws IOException, InterruptedException {
    int changes = bench.scaled(SHARD_CHANGES);
    report.section("Cost with more shards");
    report.paragraph(
        changes
            + " changes of 1 KB items, spread over the shards. A call is one GetRecords. With few"
            + " shards, a call returns a full page; with many shards, a small one. A shard that was"
            + " read to its end is asked again from time to time.");
    report.table(
        "Shards",
        "CPU µs a change",
        "after start",
        "Calls",
        "CPU µs a call",
        "Peak RSS MB",
        "Complete");
    List<Point> points = new ArrayList<>();
    for (int shards : bench.quick() ? new int[] {1, 1_000} : new int[] {1, 10, 100, 1_000, 5_000}) {
      report.progress(shards + " shards");
      StreamCost cost = StreamPart.measure(bench.nimoShake(), shards, changes);
      report.row(
          shards,
          cost.cpuMicros(),
          cost.cpuMicrosAfterStart(),
          cost.calls(),
          cost.cpuMicrosPerCallAfterStart(),
          cost.peakRssMegabytes(),
          cost.complete() ? "yes" : "NO");
      points.add(new Point(shards, cost.cpuMicrosPerCallAfterStart(), cost.peakRssMegabytes()));
    }
    report.end();
    plot("shards", "Stream of one table", "shards", "CPU after start, µs a call", points);
  }

  private void plot(String name, String title, String work, String cpu, List<Point> points)
      throws IOException {
    Plot.write(
        bench.directory().resolve("benchmarks-" + name),
        title,
        work,
        cpu,
        points.stream().map(Point::work).toList(),
        points.stream().map(Point::cpuMicros).toList(),
        points.stream().map(Point::peakRssMegabytes).toList());
    report.paragraph("![" + title + "](benchmarks-" + name + ".svg)");
  }
}
