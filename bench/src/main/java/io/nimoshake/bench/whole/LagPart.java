package io.nimoshake.bench.whole;

import io.nimoshake.bench.report.Directories;
import io.nimoshake.bench.report.Goal;
import io.nimoshake.bench.report.Report;
import io.nimoshake.bench.report.Spread;
import io.nimoshake.testkit.canned.CannedMongo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Measures the lag of changes at a steady rate, and how soon a killed process has caught up. The
 * source is DynamoDB Local. The target is a canned endpoint that notes when each change arrives.
 * The checkpoint is in mongo-java-server.
 */
public final class LagPart {
  private static final int ITEMS = 2_000;
  private static final int LOAD_SECONDS = 20;
  private static final int RESTART_RATE = 200;
  private static final int STEADY_MILLIS = 500;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Bench bench;
  private final Report report;

  public LagPart(Bench bench) {
    this.bench = bench;
    this.report = bench.report();
  }

  /** Measures the lag at several rates. */
  public void lag() throws IOException, InterruptedException {
    int seconds = bench.quick() ? LOAD_SECONDS / 4 : LOAD_SECONDS;
    report.section("Lag of the stream");
    report.paragraph(
        "The time from the acknowledgement of a change by DynamoDB Local to its arrival at the"
            + " target, for every change of "
            + seconds
            + " s at a steady rate. One shard, 1 KB items. First write: the time from the start of"
            + " the process to the first write of the copy. The copy has "
            + ITEMS
            + " items.");
    report.table(
        "Changes/s",
        "Changes",
        "p50 ms",
        "p99 ms",
        "p99.9 ms",
        "Largest ms",
        "Not arrived",
        "First write s");
    for (int rate : bench.quick() ? new int[] {100, 1_000} : new int[] {10, 100, 1_000}) {
      report.progress(rate + " changes/s");
      lag(rate, seconds);
    }
    report.end();
  }

  private void lag(int rate, int seconds) throws IOException, InterruptedException {
    try (Follower follower = new Follower(bench, rate * seconds)) {
      follower.load.start(rate);
      TimeUnit.SECONDS.sleep(seconds);
      follower.load.stop();
      follower.awaitUnseenBelow(1);
      List<Double> lags = follower.load.lagMillis();
      Spread lag = new Spread(lags);
      report.row(
          rate,
          lags.size(),
          lag.median(),
          lag.at(0.99),
          lag.at(0.999),
          lag.at(1),
          follower.load.count() - lags.size(),
          follower.firstWriteSeconds());
      if (rate == 1_000) {
        report.goal(Goal.here("Lag at 1,000 changes/s, p99 ms", lag.at(0.99), 500, true));
      }
    }
  }

  /** Kills the process under load and starts it again at once. */
  public void restart() throws IOException, InterruptedException {
    report.section("kill -9 to caught up");
    report.paragraph(
        "The process follows "
            + RESTART_RATE
            + " changes/s from DynamoDB Local. It is killed and started again at once. Caught up:"
            + " every change that was acknowledged more than "
            + STEADY_MILLIS
            + " ms ago has arrived.");
    report.table("Round", "Killed to first write s", "Killed to caught up s", "Not arrived");
    double worst = 0;
    for (int round = 1; round <= bench.rounds(); round++) {
      report.progress("round " + round);
      worst = Math.max(worst, restart(round));
    }
    report.end();
    report.goal(Goal.here("kill -9 to caught up at 200 changes/s, s", worst, 10, true));
  }

  private double restart(int round) throws IOException, InterruptedException {
    try (Follower follower = new Follower(bench, RESTART_RATE * 120)) {
      follower.load.start(RESTART_RATE);
      TimeUnit.SECONDS.sleep(3);
      follower.awaitUnseenBelow(STEADY_MILLIS);
      long killed = System.nanoTime();
      follower.kill();
      long before = follower.target.lastWriteNanos().orElseThrow();
      follower.start();
      while (follower.target.lastWriteNanos().orElseThrow() == before) {
        follower.check();
        TimeUnit.MILLISECONDS.sleep(5);
      }
      double firstWrite = (System.nanoTime() - killed) / 1e9;
      follower.awaitUnseenBelow(STEADY_MILLIS);
      double caughtUp = (System.nanoTime() - killed) / 1e9;
      follower.load.stop();
      follower.awaitUnseenBelow(1);
      int missing = follower.load.count() - follower.load.lagMillis().size();
      report.row(round, firstWrite, caughtUp, missing);
      return caughtUp;
    }
  }

  /** A nimo-shake process that follows one table under load. */
  private static final class Follower implements AutoCloseable {
    private final Bench bench;
    private final Path directory = Files.createTempDirectory("bench");
    private final BenchServers servers = new BenchServers();
    final ChangeLoad load;
    final CannedMongo target;
    private final Job job;
    private MeasuredProcess process;

    /** Returns when the copy is done. */
    Follower(Bench bench, int changes) throws IOException, InterruptedException {
      this.bench = bench;
      load = new ChangeLoad(servers, changes);
      target = CannedMongo.start(load);
      servers.createTable();
      servers.load(ITEMS);
      job =
          new Job(
              "lag",
              servers.dynamoServer.endpoint(),
              target.uri(),
              List.of(BenchServers.TABLE),
              4,
              List.of("sync_mode = all", "checkpoint.address = " + servers.mongoServer.uri()),
              directory);
      start();
      if (!target.awaitWritten(ITEMS, LIMIT)) {
        throw new IllegalStateException("the copy did not end:\n" + process.output());
      }
    }

    void start() throws IOException {
      process = bench.nimoShake().start(job, directory.resolve("gc.log"));
    }

    void kill() throws InterruptedException {
      process.close();
    }

    void check() throws InterruptedException {
      if (!process.isAliveAfterSample()) {
        throw new IllegalStateException("the process ended:\n" + process.output());
      }
    }

    double firstWriteSeconds() {
      return (target.firstWriteNanos().orElseThrow() - process.startedNanos()) / 1e9;
    }

    void awaitUnseenBelow(long millis) throws InterruptedException {
      long end = System.nanoTime() + LIMIT.toNanos();
      while (load.oldestUnseenMillis() >= millis && System.nanoTime() < end) {
        check();
        TimeUnit.MILLISECONDS.sleep(5);
      }
    }

    @Override
    public void close() throws IOException, InterruptedException {
      load.close();
      process.terminate();
      process.close();
      target.close();
      servers.close();
      Directories.delete(directory);
    }
  }
}
