package io.nimoshake.bench.whole;

import io.nimoshake.bench.whole.MeasuredProcess.Cost;
import io.nimoshake.testkit.canned.CannedMongo;
import io.nimoshake.testkit.canned.CannedTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The cost of a copy of canned tables.
 *
 * @param items how many items arrived
 * @param firstWrite time from the start to the first write
 * @param copying time from the first write to the last
 * @param cpu CPU time of the whole process, with the start of its JVM
 * @param startCpu the part of it until the first write
 * @param heap the log of its garbage collector, if it is a JVM
 * @param wall time of the whole process
 * @param complete whether every item arrived and the exit code was 0
 */
record CopyCost(
    long items,
    Duration firstWrite,
    Duration copying,
    Duration cpu,
    Duration startCpu,
    long peakRssBytes,
    Optional<GcLog> heap,
    Duration wall,
    boolean complete) {
  /** Part of the heap that may be alive. A leak would fill it, however many items are copied. */
  static final double KEPT_GOAL = 0.5;

  private static final double HEAP_MEGABYTES = 256;
  private static final Duration LIMIT = Duration.ofMinutes(15);
  private static final Duration TO_END = Duration.ofMinutes(3);

  double itemsPerSecond() {
    return items / seconds(copying);
  }

  double cpuMicrosPerItem() {
    return cpu.toNanos() / 1e3 / items;
  }

  /** CPU time without the time before the first write. */
  double cpuMicrosPerItemAfterStart() {
    return cpu.minus(startCpu).toNanos() / 1e3 / items;
  }

  double allocatedBytesPerItem() {
    return heap.map(log -> log.allocatedBytes() / (double) items).orElse(Double.NaN);
  }

  double peakRssMegabytes() {
    return peakRssBytes / 1048576.0;
  }

  double mostKeptMegabytes() {
    return heap.map(log -> log.mostKeptBytes() / 1048576.0).orElse(Double.NaN);
  }

  /** What was kept, compared with the heap that {@link Program#HEAP} allows. */
  double keptOfHeap() {
    return mostKeptMegabytes() / HEAP_MEGABYTES;
  }

  Duration afterLastWrite() {
    return wall.minus(firstWrite).minus(copying);
  }

  static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }

  /** Lets a program copy all tables, and waits until it ends. */
  static CopyCost of(Program program, List<CannedTable> tables, int segments, String... lines)
      throws IOException, InterruptedException {
    try (CannedEndpoints canned = CannedEndpoints.start(tables)) {
      List<String> all = new ArrayList<>(List.of(lines));
      all.addAll(List.of("sync_mode = full", "checkpoint.type = file", "full.concurrency = 16"));
      long items = tables.stream().mapToLong(CannedTable::items).sum();
      Optional<Path> gcLog = program.tellsHeap() ? Optional.of(canned.gcLog()) : Optional.empty();
      try (MeasuredProcess process = canned.start(program, segments, all)) {
        return of(process, canned.target, items, gcLog);
      }
    }
  }

  private static CopyCost of(
      MeasuredProcess process, CannedMongo target, long items, Optional<Path> gcLog)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    Duration startCpu = Duration.ZERO;
    while (process.isAliveAfterSample() && target.written() < items && System.nanoTime() < end) {
      if (target.firstWriteNanos().isEmpty()) {
        startCpu = process.cpu();
      }
    }
    Cost cost = process.await(TO_END);
    if (target.firstWriteNanos().isEmpty()) {
      throw new IllegalStateException("nothing was copied:\n" + process.output());
    }
    long first = target.firstWriteNanos().get();
    boolean complete = target.written() == items && cost.exitCode() == 0;
    if (!complete) {
      System.err.println(
          target.written() + " of " + items + " items, exit code " + cost.exitCode() + ":");
      System.err.println(process.output());
    }
    return new CopyCost(
        target.written(),
        Duration.ofNanos(first - process.startedNanos()),
        Duration.ofNanos(target.lastWriteNanos().orElseThrow() - first),
        cost.cpu(),
        startCpu,
        cost.peakRssBytes(),
        gcLog.isPresent() ? Optional.of(GcLog.read(gcLog.get())) : Optional.empty(),
        cost.wall(),
        complete);
  }
}
