package io.nimoshake.bench.whole;

import com.mongodb.client.model.Filters;
import io.nimoshake.app.Main;
import io.nimoshake.bench.whole.MeasuredProcess.Cost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bson.Document;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.PutRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * Compares a table of small items with {@code nimo-shake check} and {@code -Xmx256m}. In the same
 * run it compares a part of the table item by item, as the checker of the Go tool does ({@link
 * OneByOne}). Arguments: number of items (default 1,000,000), number of items that are compared one
 * by one (default 20,000).
 */
public final class CheckBenchmark {
  private static final List<String> HEAP = List.of("-Xmx256m");
  private static final int BATCH = 25;
  private static final int LOADERS = 4;
  private static final int EXTRA = 100;

  private CheckBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    int items = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
    int single = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20_000;
    try (BenchServers servers = new BenchServers()) {
      System.out.println("loading " + items + " items");
      servers.createTable();
      load(servers, items);
      Path conf =
          servers.configuration(
              "check",
              servers.dynamoServer.endpoint(),
              "sync_mode = full",
              "qps.full.batch_num = 2000");
      System.out.println("copying them");
      measure("sync", items, Main.class, "-conf=" + conf);
      System.out.println("| what | items | items/s | CPU µs an item | peak RSS MB | wall s |");
      System.out.println("|---|---|---|---|---|---|");
      Cost check = measure("check", items, Main.class, "check", "--conf", conf.toString());
      Cost one =
          measure(
              "one by one",
              single,
              OneByOne.class,
              servers.dynamoServer.endpoint().toString(),
              servers.mongoServer.uri(),
              "check",
              Integer.toString(single));
      plant(servers, items);
      measure("check, " + EXTRA + " extra", items, Main.class, "check", "--conf", conf.toString());
      System.out.printf(
          Locale.ROOT,
          "One by one takes %.1f times as long as check and %.1f times as much CPU time.%n",
          perItem(one.wall().toNanos(), single) / perItem(check.wall().toNanos(), items),
          perItem(one.cpu().toNanos(), single) / perItem(check.cpu().toNanos(), items));
    }
  }

  private static double perItem(long nanos, int items) {
    return nanos / (double) items;
  }

  private static void load(BenchServers servers, int items) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(LOADERS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int loader = 0; loader < LOADERS; loader++) {
        int first = loader * BATCH;
        running.add(
            threads.submit(
                () -> {
                  for (int from = first; from < items; from += LOADERS * BATCH) {
                    put(servers, from, Math.min(items, from + BATCH));
                  }
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void put(BenchServers servers, int from, int to) {
    List<WriteRequest> requests = new ArrayList<>();
    for (int i = from; i < to; i++) {
      PutRequest put = PutRequest.builder().item(item(i)).build();
      requests.add(WriteRequest.builder().putRequest(put).build());
    }
    Map<String, List<WriteRequest>> left = Map.of(BenchServers.TABLE, requests);
    while (!left.isEmpty()) {
      Map<String, List<WriteRequest>> now = left;
      left = servers.dynamo.batchWriteItem(r -> r.requestItems(now)).unprocessedItems();
    }
  }

  private static Map<String, AttributeValue> item(int number) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put("id", AttributeValue.fromS("item-" + number));
    item.put("count", AttributeValue.fromN(Integer.toString(number)));
    item.put("price", AttributeValue.fromN(number % 1000 + ".25"));
    item.put("name", AttributeValue.fromS("name of " + number));
    item.put("flag", AttributeValue.fromBool(number % 2 == 0));
    return item;
  }

  private static void plant(BenchServers servers, int items) {
    var target = servers.mongo.getDatabase("check").getCollection(BenchServers.TABLE);
    for (int i = 0; i < EXTRA; i++) {
      Document copy = target.find(Filters.eq("_id", "item-" + i * (items / EXTRA))).first();
      target.insertOne(copy.append("_id", "extra-" + i).append("id", "extra-" + i));
    }
  }

  private static Cost measure(String name, int items, Class<?> main, String... arguments)
      throws Exception {
    try (MeasuredProcess process = MeasuredProcess.start(HEAP, main, arguments)) {
      Cost cost = process.await(Duration.ofHours(1));
      if (cost.exitCode() > 1) {
        throw new IllegalStateException(name + " failed:\n" + process.output());
      }
      if (!name.equals("sync")) {
        System.out.printf(
            Locale.ROOT,
            "| %s | %d | %.0f | %.1f | %d | %.1f |%n",
            name,
            items,
            items / (cost.wall().toNanos() / 1e9),
            cost.cpu().toNanos() / 1e3 / items,
            cost.peakRssBytes() >> 20,
            cost.wall().toNanos() / 1e9);
        System.err.println(process.output());
      }
      return cost;
    }
  }
}
