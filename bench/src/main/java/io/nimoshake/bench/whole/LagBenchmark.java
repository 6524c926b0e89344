package io.nimoshake.bench.whole;

import com.mongodb.client.MongoCollection;
import io.nimoshake.app.Main;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.bson.Document;

/**
 * How late a change is in the target: under a steady load, marker items are written one after the
 * other and looked for until they are there. Arguments: seconds (default 70), changes a second
 * besides the markers (default 100).
 */
public final class LagBenchmark {
  private static final Duration GIVE_UP = Duration.ofSeconds(30);
  private static final long LOOK_EVERY_NANOS = 1_000_000;

  private LagBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 70;
    int changesPerSecond = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100;
    ScheduledExecutorService load = Executors.newSingleThreadScheduledExecutor();
    try (BenchServers servers = new BenchServers()) {
      servers.createTable();
      servers.load(2_000);
      Path conf = servers.configuration("lag", "sync_mode = all");
      try (MeasuredProcess sync =
          MeasuredProcess.start(List.of("-Xmx256m"), Main.class, "-conf=" + conf)) {
        MongoCollection<Document> target =
            servers.mongo.getDatabase("lag").getCollection(BenchServers.TABLE);
        // The first change after the copy, and with it the end of the copy.
        System.out.printf(
            Locale.ROOT,
            "start to first change seen: %d ms%n",
            lagMillis(servers, target, "first"));
        Random random = new Random(2);
        load.scheduleAtFixedRate(
            () ->
                servers.dynamo.putItem(
                    r ->
                        r.tableName(BenchServers.TABLE)
                            .item(BenchServers.item("load-" + random.nextInt(500), random))),
            0,
            1_000_000 / changesPerSecond,
            TimeUnit.MICROSECONDS);
        List<Long> lags = new ArrayList<>();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (int i = 0; System.nanoTime() < end; i++) {
          lags.add(lagMillis(servers, target, "marker-" + i));
        }
        load.shutdownNow();
        sync.terminate();
        Collections.sort(lags);
        System.out.printf(
            Locale.ROOT,
            "lag over %d s at %d changes/s, %d markers: p50 %d ms, p90 %d ms, p99 %d ms, max %d ms%n",
            seconds,
            changesPerSecond,
            lags.size(),
            at(lags, 0.50),
            at(lags, 0.90),
            at(lags, 0.99),
            at(lags, 1));
      }
    } finally {
      load.shutdownNow();
    }
  }

  private static long lagMillis(
      BenchServers servers, MongoCollection<Document> target, String marker) {
    servers.dynamo.putItem(
        r -> r.tableName(BenchServers.TABLE).item(BenchServers.item(marker, new Random(3))));
    long begin = System.nanoTime();
    while (target.find(new Document("_id", marker)).first() == null) {
      if (System.nanoTime() - begin > GIVE_UP.toNanos()) {
        throw new IllegalStateException(marker + " did not arrive in " + GIVE_UP);
      }
      java.util.concurrent.locks.LockSupport.parkNanos(LOOK_EVERY_NANOS);
    }
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
  }

  private static long at(List<Long> sorted, double quantile) {
    return sorted.get(
        (int) Math.min(sorted.size() - 1, Math.round(quantile * (sorted.size() - 1))));
  }
}
