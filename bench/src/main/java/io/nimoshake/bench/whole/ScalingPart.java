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

/** What an item costs as items, shards and tables become more. Canned endpoints. */
public final class ScalingPart {
  private static final int SEGMENTS = 4;
  private static final int TABLE_ITEMS = 500_000;
  private static final int SHARD_CHANGES = 500_000;

  /** What counts as flat. */
  private static final double FLAT = 1.25;

  private final Bench bench;
  private final Report report;

  public ScalingPart(Bench bench) {
    this.bench = bench;
    this.report = bench.report();
  }

  /** One point of a picture. */
  private record Point(double work, double cpuMicros, double peakRssMegabytes) {}

  public void items() throws IOException, InterruptedException {
    report.section("Cost as items become more");
    report.paragraph(
        "Copy of one table of 1 KB items in "
            + SEGMENTS
            + " segments. Kept: the most that was left in the heap after any collection. Of a short"
            + " run's CPU most is the JVM's compiler, and it ends before the heap has grown to the "
            + Program.HEAP.substring(4)
            + " it may take.");
    report.table(
        "Items", "CPU µs an item", "after start", "Peak RSS MB", "Kept MB", "Items/s", "Complete");
    List<Point> points = new ArrayList<>();
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
            "Peak memory, most items / second fewest",
            points.get(last).peakRssMegabytes() / points.get(1).peakRssMegabytes(),
            FLAT));
  }

  public void tables() throws IOException, InterruptedException {
    int items = bench.scaled(TABLE_ITEMS);
    report.section("Cost as tables become more");
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
    report.section("Cost as shards become more");
    report.paragraph(
        changes
            + " changes of 1 KB items, spread over the shards. A call is one GetRecords: with few"
            + " shards it brings a full page, with many a small one, and a shard that is read to its"
            + " end is asked again from time to time.");
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
