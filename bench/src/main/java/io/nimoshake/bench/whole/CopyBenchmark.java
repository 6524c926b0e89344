package io.nimoshake.bench.whole;

import io.nimoshake.app.Main;
import io.nimoshake.bench.whole.MeasuredProcess.Cost;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Copies a table of 1 KB items by nimo-shake with a small heap and by {@link NaiveCopy}, in turn
 * and in the same run, and prints what each cost. Arguments: number of items (default 200,000),
 * rounds (default 2).
 */
public final class CopyBenchmark {
  private static final List<String> HEAP = List.of("-Xmx256m");
  private static final int PAGE = 1_000;

  private CopyBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    int items = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200_000;
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2;
    try (BenchServers servers = new BenchServers()) {
      System.out.println("loading " + items + " items");
      servers.createTable();
      servers.load(items);
      System.out.println("| program | items/s | CPU µs an item | peak RSS MB | wall s |");
      System.out.println("|---|---|---|---|---|");
      for (int round = 0; round < rounds; round++) {
        Path conf =
            servers.configuration(
                "copy" + round, "sync_mode = full", "qps.full.batch_num = " + PAGE);
        measure("nimo-shake", items, Main.class, "-conf=" + conf);
        check(servers, "copy" + round, items);
        servers.mongo.getDatabase("copy" + round).drop();
        measure(
            "naive",
            items,
            NaiveCopy.class,
            servers.dynamoServer.endpoint().toString(),
            servers.mongoServer.uri(),
            String.valueOf(PAGE));
        check(servers, "naive", items);
        servers.mongo.getDatabase("naive").drop();
      }
    }
  }

  private static void measure(String name, int items, Class<?> main, String... arguments)
      throws Exception {
    try (MeasuredProcess process = MeasuredProcess.start(HEAP, main, arguments)) {
      Cost cost = process.await();
      if (cost.exitCode() != 0) {
        throw new IllegalStateException(name + " failed:\n" + process.output());
      }
      System.out.printf(
          Locale.ROOT,
          "| %s | %.0f | %.1f | %d | %.1f |%n",
          name,
          items / (cost.wall().toNanos() / 1e9),
          cost.cpu().toNanos() / 1e3 / items,
          cost.peakRssBytes() >> 20,
          cost.wall().toNanos() / 1e9);
    }
  }

  private static void check(BenchServers servers, String database, int items) {
    long found =
        servers.mongo.getDatabase(database).getCollection(BenchServers.TABLE).countDocuments();
    if (found != items) {
      throw new IllegalStateException(database + " has " + found + " of " + items + " items");
    }
  }
}
