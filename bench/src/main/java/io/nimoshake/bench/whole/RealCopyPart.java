package io.nimoshake.bench.whole;

import io.nimoshake.bench.report.Directories;
import io.nimoshake.bench.report.Report;
import io.nimoshake.bench.whole.MeasuredProcess.Cost;
import io.nimoshake.core.fault.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Measures copies from DynamoDB Local to mongo-java-server, and compares them item by item. */
public final class RealCopyPart {
  private static final int ITEMS = 100_000;
  private static final int SEGMENTS = 4;
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private final Bench bench;
  private final Report report;

  public RealCopyPart(Bench bench) {
    this.bench = bench;
    this.report = bench.report();
  }

  public void run() throws IOException, InterruptedException, Fault {
    int items = bench.scaled(ITEMS);
    report.section("Copy, DynamoDB Local to mongo-java-server");
    report.paragraph(
        items
            + " items of 1 KB, "
            + SEGMENTS
            + " segments. The servers are the limit here, and they use the same cores. Target: the"
            + " result of comparing all items with all documents.");
    report.table("Program", "Items/s", "CPU µs an item", "Peak RSS MB", "Wall s", "Target");
    try (BenchServers servers = new BenchServers()) {
      report.progress("loading " + items + " items");
      servers.createTable();
      servers.load(items);
      for (Program program : bench.copiers()) {
        report.progress(program.name());
        copy(program, servers, items);
      }
    }
    report.end();
  }

  private void copy(Program program, BenchServers servers, int items)
      throws IOException, InterruptedException, Fault {
    String database = program.name().replaceAll("\\W", "");
    Path directory = Files.createTempDirectory("bench");
    Job job =
        new Job(
            database,
            servers.dynamoServer.endpoint(),
            servers.mongoServer.uri(),
            List.of(BenchServers.TABLE),
            SEGMENTS,
            // DynamoDB Local is slow with pages that have no limit.
            List.of("sync_mode = full", "qps.full.batch_num = 1000"),
            directory);
    try (MeasuredProcess process = program.start(job, directory.resolve("gc.log"))) {
      Cost cost = process.await(LIMIT);
      if (cost.exitCode() != 0) {
        System.err.println(program.name() + " ended with " + cost.exitCode() + ":");
        System.err.println(process.output());
      }
      report.row(
          program.name(),
          items / CopyCost.seconds(cost.wall()),
          cost.cpu().toNanos() / 1e3 / items,
          cost.peakRssBytes() / 1048576.0,
          CopyCost.seconds(cost.wall()),
          TargetComparison.of(servers, database).summary());
      servers.mongo.getDatabase(database).drop();
    } finally {
      Directories.delete(directory);
    }
  }
}
