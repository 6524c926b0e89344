package io.nimoshake.bench.whole;

import io.nimoshake.bench.items.SampleItems;
import io.nimoshake.bench.report.Goal;
import io.nimoshake.bench.report.Report;
import io.nimoshake.testkit.canned.CannedMongo;
import io.nimoshake.testkit.canned.CannedTable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Measures how fast a backlog of changes is processed, between canned endpoints. */
public final class StreamPart {
  private static final int CHANGES = 640_000;
  private static final int GOAL_SHARDS = 8;
  private static final double CHANGES_A_SECOND = 20_000;
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private final Bench bench;
  private final Report report;

  public StreamPart(Bench bench) {
    this.bench = bench;
    this.report = bench.report();
  }

  /**
   * The cost of all changes of all shards.
   *
   * @param working time from the first write to the last
   * @param cpu CPU time of the whole process until the last write, with its start
   * @param calls calls of GetRecords, with those that returned no record
   * @param complete whether every change arrived
   */
  record StreamCost(
      long changes,
      Duration working,
      Duration cpu,
      Duration startCpu,
      double peakRssMegabytes,
      long calls,
      boolean complete) {
    double changesPerSecond() {
      return changes / CopyCost.seconds(working);
    }

    double cpuMicros() {
      return cpu.toNanos() / 1e3 / changes;
    }

    double cpuMicrosPerCallAfterStart() {
      return cpu.minus(startCpu).toNanos() / 1e3 / calls;
    }

    double cpuMicrosAfterStart() {
      return cpu.minus(startCpu).toNanos() / 1e3 / changes;
    }
  }

  public void run() throws IOException, InterruptedException {
    report.section("Stream, canned endpoints");
    report.paragraph(
        bench.scaled(CHANGES)
            + " changes of 1 KB items, with old and new image, spread over the shards. All are in the"
            + " stream from the beginning.");
    report.table(
        "Shards",
        "Changes/s",
        "a shard",
        "CPU µs a change",
        "after start",
        "Peak RSS MB",
        "Complete");
    for (int shards : new int[] {1, 8, 64}) {
      report.progress(shards + " shards");
      StreamCost cost = measure(bench.nimoShake(), shards, bench.scaled(CHANGES));
      report.row(
          shards,
          cost.changesPerSecond(),
          cost.changesPerSecond() / shards,
          cost.cpuMicros(),
          cost.cpuMicrosAfterStart(),
          cost.peakRssMegabytes(),
          cost.complete() ? "yes" : "NO");
      if (shards == GOAL_SHARDS) {
        report.goal(
            Goal.here(
                "Changes a second over 8 shards",
                cost.changesPerSecond(),
                CHANGES_A_SECOND,
                false));
      }
    }
    report.end();
  }

  static StreamCost measure(Program program, int shards, long changes)
      throws IOException, InterruptedException {
    CannedTable table =
        new CannedTable(
            "bench",
            SampleItems.of("mixed", "item-" + CannedTable.NUMBER, 50),
            0,
            shards,
            Math.max(1, changes / shards));
    List<String> lines = List.of("sync_mode = all", "checkpoint.type = file");
    try (CannedEndpoints canned = CannedEndpoints.start(List.of(table));
        MeasuredProcess process = canned.start(program, 1, lines)) {
      CannedMongo target = canned.target;
      long end = System.nanoTime() + LIMIT.toNanos();
      Duration startCpu = Duration.ZERO;
      while (target.written() < table.changes() && System.nanoTime() < end) {
        if (target.firstWriteNanos().isEmpty()) {
          startCpu = process.cpu();
        }
        if (!process.isAliveAfterSample()) {
          throw new IllegalStateException("the process ended:\n" + process.output());
        }
      }
      Duration cpu = process.cpu();
      long first = target.firstWriteNanos().orElseThrow();
      StreamCost cost =
          new StreamCost(
              target.written(),
              Duration.ofNanos(target.lastWriteNanos().orElseThrow() - first),
              cpu,
              startCpu,
              process.peakRssBytes() / 1048576.0,
              canned.source.calls("GetRecords"),
              target.written() == table.changes());
      process.terminate();
      return cost;
    }
  }
}
