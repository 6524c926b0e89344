package io.nimoshake.bench.whole;

import io.nimoshake.app.Main;
import io.nimoshake.testkit.server.MongoServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures what it costs to follow shards in which nothing happens: CPU time, memory and threads of
 * the program, for each minute. Arguments: shards (default 5000), minutes (default 5). The program
 * runs with the same JDK as this class.
 */
public final class IdleShardsBenchmark {
  private static final Duration GIVE_UP = Duration.ofMinutes(5);

  private IdleShardsBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    int shards = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5_000;
    int minutes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
    try (MongoServer mongo = MongoServer.start();
        IdleShardsServer source = new IdleShardsServer(shards)) {
      Path conf = Files.createTempFile("idle", ".conf");
      conf.toFile().deleteOnExit();
      List<String> lines = new ArrayList<>(Job.places("idle", source.endpoint(), mongo.uri()));
      lines.add("sync_mode = incr");
      Files.write(conf, lines);
      try (MeasuredProcess sync =
          MeasuredProcess.start(List.of("-Xmx256m"), Main.class, "-conf=" + conf)) {
        sync.await(() -> source.iterators() >= shards, GIVE_UP);
        System.out.printf(
            Locale.ROOT,
            "JDK %s, %d shards: all opened after %.1f s of CPU time%n",
            Runtime.version().feature(),
            shards,
            sync.now().cpu().toMillis() / 1e3);
        for (int minute = 1; minute <= minutes; minute++) {
          MeasuredProcess.Sample before = sync.now();
          long polls = source.polls();
          long begin = System.nanoTime();
          LockSupport.parkNanos(TimeUnit.MINUTES.toNanos(1));
          double seconds = (System.nanoTime() - begin) / 1e9;
          MeasuredProcess.Sample after = sync.now();
          long polled = source.polls() - polls;
          double cpu = after.cpu().minus(before.cpu()).toNanos() / 1e9;
          System.out.printf(
              Locale.ROOT,
              "minute %d: %.0f polls/s, %.1f%% of a core, %.0f us CPU a poll, %d MB, %d threads%n",
              minute,
              polled / seconds,
              100 * cpu / seconds,
              1e6 * cpu / polled,
              after.rssBytes() >> 20,
              after.threads());
        }
        if (!sync.isAlive()) {
          throw new IllegalStateException(sync.output());
        }
        sync.terminate();
      }
    }
  }
}
