package io.nimoshake.bench.whole;

import io.nimoshake.bench.report.Directories;
import io.nimoshake.bench.report.Goal;
import io.nimoshake.bench.report.Report;
import io.nimoshake.bench.report.Spread;
import io.nimoshake.testkit.canned.CannedTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures copies from the files of an export to a canned endpoint. */
public final class ExportPart {
  private static final double CPU_GOAL = 0.25;

  private static final int THREADS = 4;

  /** So many that the JVM's compiler is not what is measured: such copies are of terabytes. */
  private static final int ITEMS = 2_000_000;

  private static final int MOST_ITEMS = 10_000_000;
  private static final String TABLE = "bench";

  private final Bench bench;
  private final Report report;

  public ExportPart(Bench bench) {
    this.bench = bench;
    this.report = bench.report();
  }

  /** {@link PlainExportCopy} on an export. */
  private record Plain(CannedExport export) implements Program {
    @Override
    public String name() {
      return "plain";
    }

    @Override
    public MeasuredProcess start(Job job, Path gcLog) throws IOException {
      return MeasuredProcess.start(
          List.of(HEAP, GcLog.option(gcLog)),
          PlainExportCopy.class,
          export.file().toAbsolutePath().toString(),
          String.valueOf(export.files()),
          job.target(),
          job.id(),
          TABLE,
          String.valueOf(THREADS));
    }
  }

  public void run() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("export");
    try {
      compare(export(directory.resolve("some"), bench.scaled(ITEMS)));
      most(export(directory.resolve("most"), bench.scaled(MOST_ITEMS)));
    } finally {
      Directories.delete(directory);
    }
  }

  private static CannedExport export(Path directory, int items) throws IOException {
    return CannedExport.write(directory, TABLE, "mixed", items / CannedExport.ITEMS_A_FILE);
  }

  private void compare(CannedExport export) throws IOException, InterruptedException {
    report.section("Copy from an export, canned files");
    report.paragraph(
        export.items()
            + " items of 1 KB in "
            + export.files()
            + " gzipped files of DynamoDB JSON. Plain: a program that unzips the files, parses each"
            + " line with the JSON of the SDK, builds Documents and inserts them, with "
            + THREADS
            + " threads. gunzip: `gzip -dc` of the same files, and nothing else. The programs take"
            + " turns; the heap is "
            + Program.HEAP.substring(4)
            + ".");
    report.table(
        "Program",
        "Items/s",
        "CPU µs an item",
        "after start",
        "Allocated an item, bytes",
        "Peak RSS MB",
        "Complete");
    Map<String, List<CopyCost>> costs = new LinkedHashMap<>();
    List<Double> gunzip = new ArrayList<>();
    for (int round = 0; round < bench.rounds(); round++) {
      for (Program program : List.of(bench.nimoShake(), new Plain(export))) {
        report.progress(export.items() + " items, " + program.name());
        costs.computeIfAbsent(program.name(), name -> new ArrayList<>()).add(copy(program, export));
      }
      gunzip.add(gunzip(export));
    }
    costs.forEach(
        (program, of) ->
            report.row(
                program,
                CopyPart.spread(of, CopyCost::itemsPerSecond),
                CopyPart.spread(of, CopyCost::cpuMicrosPerItem),
                CopyPart.spread(of, CopyCost::cpuMicrosPerItemAfterStart),
                CopyPart.spread(of, CopyCost::allocatedBytesPerItem),
                CopyPart.spread(of, CopyCost::peakRssMegabytes),
                of.stream().allMatch(CopyCost::complete) ? "yes" : "NO"));
    report.row("gunzip", "–", new Spread(gunzip), "–", "–", "–", "–");
    report.end();
    report.goal(
        Goal.ratio(
            "Copy of 1 KB items from an export: CPU of nimo-shake / CPU of plain",
            CopyPart.spread(costs.get("nimo-shake"), CopyCost::cpuMicrosPerItem).median()
                / CopyPart.spread(costs.get("plain"), CopyCost::cpuMicrosPerItem).median(),
            CPU_GOAL));
  }

  private void most(CannedExport export) throws IOException, InterruptedException {
    report.progress(export.items() + " items");
    CopyCost cost = copy(bench.nimoShake(), export);
    report.section("Copy of many items from an export");
    report.paragraph(
        "The same files, more often. Kept: the largest heap after a full garbage collection.");
    report.table(
        "Items", "Items/s", "CPU µs an item", "after start", "Peak RSS MB", "Kept MB", "Complete");
    report.row(
        export.items(),
        cost.itemsPerSecond(),
        cost.cpuMicrosPerItem(),
        cost.cpuMicrosPerItemAfterStart(),
        cost.peakRssMegabytes(),
        cost.mostKeptMegabytes(),
        cost.complete() ? "yes" : "NO");
    report.end();
    report.goal(
        Goal.ratio(
            "Copy of many items from an export: memory that is kept / heap",
            cost.keptOfHeap(),
            CopyCost.KEPT_GOAL));
  }

  private static CopyCost copy(Program program, CannedExport export)
      throws IOException, InterruptedException {
    CannedTable table = CopyPart.table("mixed", TABLE, export.items());
    return CopyCost.of(
        program,
        List.of(table),
        THREADS,
        "full.source = export",
        "export.manifest = " + export.manifests().toAbsolutePath());
  }

  /** CPU microseconds an item. */
  private static double gunzip(CannedExport export) throws IOException, InterruptedException {
    String files = String.join(" ", Collections.nCopies(export.files(), export.file().toString()));
    try (MeasuredProcess process =
        MeasuredProcess.start(
            export.manifests(),
            Map.of(),
            List.of("sh", "-c", "gzip -dc " + files + " > /dev/null"))) {
      return process.await().cpu().toNanos() / 1e3 / export.items();
    }
  }
}
