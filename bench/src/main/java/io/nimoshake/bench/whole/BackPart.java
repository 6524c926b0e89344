package io.nimoshake.bench.whole;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import io.nimoshake.bench.report.Directories;
import io.nimoshake.bench.report.Goal;
import io.nimoshake.bench.report.Report;
import io.nimoshake.bench.report.Spread;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.Lease;
import io.nimoshake.mongodb.checkpoint.MongoCheckpointStore;
import io.nimoshake.mongodb.source.StreamStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.Document;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/**
 * Measures the way back beside the way forward: the same table, the same servers, one after the
 * other. Both servers are local. What is measured of the way back is mostly DynamoDB Local, which
 * writes more slowly than it is read.
 */
public final class BackPart {
  private static final String ID = "back";
  private static final int ITEMS = 2_000;
  private static final int RATE = 100;
  private static final int WARM_UP_SECONDS = 10;
  private static final int LOAD_SECONDS = 20;
  private static final int BACKLOG = 10_000;
  private static final int QUICK_BACKLOG = 3_000;
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final double MOST_P50_MILLIS = 200;
  private static final double MOST_P99_MILLIS = 600;

  private final Bench bench;
  private final Report report;

  public BackPart(Bench bench) {
    this.bench = bench;
    this.report = bench.report();
  }

  /** One direction of the table. */
  private interface Way {
    /** Writes an item of this id on the side that is read; returns when that is acknowledged. */
    void put(String id);

    /** Which of these, a hundred at most, have arrived on the other side. */
    Set<String> arrived(Set<String> ids);

    default boolean has(String id) {
      return !arrived(Set.of(id)).isEmpty();
    }
  }

  private record Measured(Spread lag, double changesPerSecond) {}

  /** Measures both directions. */
  public void run() throws IOException, InterruptedException, Fault {
    int seconds = bench.quick() ? LOAD_SECONDS / 4 : LOAD_SECONDS;
    int backlog = bench.quick() ? QUICK_BACKLOG : BACKLOG;
    report.section("The way back");
    report.paragraph(
        "One table of 1 KB items, DynamoDB Local and mongo-java-server. Lag: from the"
            + " acknowledgement of a change until the other side has it, for every change of "
            + seconds
            + " s at "
            + RATE
            + " changes/s, after "
            + WARM_UP_SECONDS
            + " s to warm up; the other side is asked every few ms which have arrived. Throughput: "
            + backlog
            + " changes that were made while the program was stopped, from the first to the last"
            + " that arrives.");
    report.table("Direction", "Lag p50 ms", "p99 ms", "Largest ms", "Changes/s");
    Path directory = Files.createTempDirectory("bench");
    try (BenchServers servers = BenchServers.withChangeStreams()) {
      servers.createTable();
      servers.load(ITEMS);
      Measured forward = measure(directory, servers, "all", new Forward(servers), seconds, backlog);
      cutOver(servers);
      Measured back = measure(directory, servers, "back", new Back(servers), seconds, backlog);
      report.end();
      report.goal(limit("Lag of the way back, p50 ms", back.lag().median(), MOST_P50_MILLIS));
      report.goal(limit("Lag of the way back, p99 ms", back.lag().at(0.99), MOST_P99_MILLIS));
      report.goal(
          Goal.here(
              "Throughput of the way back / way forward",
              back.changesPerSecond() / forward.changesPerSecond(),
              0.25,
              false));
    } finally {
      Directories.delete(directory);
    }
  }

  /** The lag is far below its limit on any machine that is not overloaded, so it is checked. */
  private static Goal limit(String text, double measured, double most) {
    return new Goal(text, measured, most, true, true);
  }

  private Measured measure(
      Path directory, BenchServers servers, String mode, Way way, int seconds, int backlog)
      throws IOException, InterruptedException {
    Job job =
        new Job(
            ID,
            servers.dynamoServer.endpoint(),
            servers.mongoServer.uri(),
            List.of(BenchServers.TABLE),
            4,
            List.of("sync_mode = " + mode),
            directory);
    Spread lag;
    MeasuredProcess process = bench.nimoShake().start(job, directory.resolve("gc.log"));
    try {
      report.progress(mode + ": " + RATE + " changes/s");
      way.put(mode + "-first");
      process.await(() -> way.has(mode + "-first"), LIMIT);
      new PacedWrites(way::put, way::arrived, mode + "-warm-").run(RATE, WARM_UP_SECONDS, LIMIT);
      lag = new PacedWrites(way::put, way::arrived, mode + "-lag-").run(RATE, seconds, LIMIT);
      process.terminate();
    } finally {
      process.close();
    }
    report.progress(mode + ": " + backlog + " changes at once");
    for (int i = 0; i < backlog; i++) {
      way.put(mode + "-backlog-" + i);
    }
    process = bench.nimoShake().start(job, directory.resolve("gc.log"));
    try {
      process.await(() -> way.has(mode + "-backlog-0"), LIMIT);
      long begin = System.nanoTime();
      process.await(() -> way.has(mode + "-backlog-" + (backlog - 1)), LIMIT);
      double rate = backlog / ((System.nanoTime() - begin) / 1e9);
      process.terminate();
      report.row(
          mode.equals("back") ? "MongoDB to DynamoDB" : "DynamoDB to MongoDB",
          lag.median(),
          lag.at(0.99),
          lag.at(1),
          rate);
      return new Measured(lag, rate);
    } finally {
      process.close();
    }
  }

  /** As the command does it: the position is noted, and the checkpoint says so. */
  private static void cutOver(BenchServers servers) throws Fault {
    String start = StreamStart.now(servers.mongoServer.uri(), ID);
    try (MongoCheckpointStore store =
        new MongoCheckpointStore(servers.mongoServer.uri(), ID + "-checkpoint")) {
      Instant now = Instant.now();
      Lease lease = new Lease(1_000_000, "bench", "", 1, Instant.EPOCH, now.plusSeconds(60));
      store.replaceLease(store.lease(), Optional.of(lease));
      store.save(
          lease.fence(), List.of(new OfDirection(Direction.CUT_OVER, now, Optional.of(start))));
      store.replaceLease(Optional.of(lease), Optional.empty());
    }
  }

  private static MongoCollection<Document> documents(BenchServers servers) {
    return servers.mongo.getDatabase(ID).getCollection(BenchServers.TABLE);
  }

  private record Forward(BenchServers servers) implements Way {
    @Override
    public void put(String id) {
      Random random = new Random(id.hashCode());
      servers.dynamo.putItem(
          r -> r.tableName(BenchServers.TABLE).item(BenchServers.item(id, random)));
    }

    @Override
    public Set<String> arrived(Set<String> ids) {
      Set<String> there = new HashSet<>();
      documents(servers)
          .find(Filters.in("_id", ids))
          .projection(Projections.include("_id"))
          .forEach(document -> there.add(document.getString("_id")));
      return there;
    }
  }

  private record Back(BenchServers servers) implements Way {
    @Override
    public void put(String id) {
      Document item = documents(servers).find(Filters.eq("_id", "item-1")).first();
      item.put("_id", id);
      item.computeIfPresent("id", (name, old) -> id);
      documents(servers).insertOne(item);
    }

    @Override
    public Set<String> arrived(Set<String> ids) {
      KeysAndAttributes keys =
          KeysAndAttributes.builder()
              .keys(ids.stream().map(id -> Map.of("id", AttributeValue.fromS(id))).toList())
              .projectionExpression("id")
              .consistentRead(true)
              .build();
      return servers
          .dynamo
          .batchGetItem(r -> r.requestItems(Map.of(BenchServers.TABLE, keys)))
          .responses()
          .get(BenchServers.TABLE)
          .stream()
          .map(item -> item.get("id").s())
          .collect(Collectors.toSet());
    }
  }
}
