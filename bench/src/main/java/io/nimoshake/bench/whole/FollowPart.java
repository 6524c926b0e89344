package io.nimoshake.bench.whole;

import io.nimoshake.bench.report.Goal;
import io.nimoshake.bench.report.Report;
import io.nimoshake.bench.report.Spread;
import io.nimoshake.bench.whole.MeasuredProcess.Sample;
import io.nimoshake.testkit.server.MongoServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Measures what it costs to follow streams in which little or nothing happens. Such a sync runs for
 * weeks, so what counts is a warm one. All programs run at the same time and have the same machine.
 */
public final class FollowPart {
  private static final int IDLE_TABLES = 3;

  /** What a warm program may cost, compared with {@link NaiveFollow}. */
  private static final double IDLE_GOAL = 0.5;

  private static final double TRICKLE_GOAL = 1;
  private static final int GOAL_RATE = 100;

  /** So many changes that the pages of GetRecords are not small. */
  private static final int HIGH_RATE = 2_000;

  private final Bench bench;
  private final Report report;

  public FollowPart(Bench bench) {
    this.bench = bench;
    this.report = bench.report();
  }

  /** What a program did and cost while it was measured. */
  private record Followed(
      double seconds, Sample before, Sample after, long calls, long written, List<Double> lags) {
    double ofCore() {
      return cpuMicros() / 1e6 / seconds;
    }

    double cpuMicros() {
      return after.cpu().minus(before.cpu()).toNanos() / 1e3;
    }

    Spread lag() {
      return lags.isEmpty() ? Spread.of(Double.NaN) : new Spread(lags);
    }

    double megabytes() {
      return after.rssBytes() / 1048576.0;
    }
  }

  /** Nothing happens in three tables. */
  public void idle() throws IOException, InterruptedException {
    report.section("Idle");
    report.paragraph(
        IDLE_TABLES
            + " tables with one shard each are followed, and no change comes. "
            + measured()
            + " Naive asks each shard every 100 ms. nimo-shake asks less often when nothing"
            + " comes.");
    report.table(
        "Program", "% of a core", "GetRecords/s", "CPU µs a call", "Resident MB", "Threads");
    Map<String, Double> ofCore = new HashMap<>();
    List<Program> programs = followers();
    List<Followed> all = follow(programs, IDLE_TABLES, List.of(0.0));
    for (int i = 0; i < programs.size(); i++) {
      Followed one = all.get(i);
      report.row(
          programs.get(i).name(),
          100 * one.ofCore(),
          one.calls() / one.seconds(),
          one.cpuMicros() / one.calls(),
          one.megabytes(),
          one.after().threads());
      ofCore.put(programs.get(i).name(), one.ofCore());
    }
    report.end();
    report.goal(
        Goal.here(
            "Idle with three tables, % of a core", 100 * ofCore.get("nimo-shake"), 0.5, true));
    report.goal(
        Goal.ratio(
            "Idle with three tables: CPU of nimo-shake / CPU of naive",
            ofCore.get("nimo-shake") / ofCore.get("naive"),
            IDLE_GOAL));
  }

  /** Changes come to one table, slowly. */
  public void trickle() throws IOException, InterruptedException {
    report.section("Trickle");
    report.paragraph(
        "One table with one shard is followed. Changes of 1 KB items, with old and new image, come"
            + " one by one at a steady rate. "
            + measured()
            + " Lag: from the moment a change is in the stream until it reaches the target.");
    report.table(
        "Changes/s",
        "Program",
        "CPU µs a change",
        "% of a core",
        "GetRecords/s",
        "Lag p50 ms",
        "p99 ms",
        "Resident MB",
        "Threads");
    List<Double> rates = bench.rates();
    List<Program> programs = followers();
    List<Followed> all = follow(programs, 1, rates);
    for (int i = 0; i < all.size(); i++) {
      Followed one = all.get(i);
      double rate = rates.get(i / programs.size());
      Spread lag = one.lag();
      report.row(
          (int) rate,
          programs.get(i % programs.size()).name(),
          one.cpuMicros() / one.written(),
          100 * one.ofCore(),
          one.calls() / one.seconds(),
          lag.median(),
          lag.at(0.99),
          one.megabytes(),
          one.after().threads());
      if (rate == GOAL_RATE && i % programs.size() == 0) {
        goals(one, all.get(i + 1), lag);
      } else if (rate == HIGH_RATE && i % programs.size() == 0) {
        report.goal(costOfChange(one, HIGH_RATE, 150));
      }
    }
    report.end();
  }

  private void goals(Followed ours, Followed naive, Spread lag) {
    report.goal(costOfChange(ours, GOAL_RATE, 300));
    report.goal(Goal.here("Lag at 100 changes/s, p50 ms", lag.median(), 100, true));
    report.goal(Goal.here("Lag at 100 changes/s, p99 ms", lag.at(0.99), 300, true));
    report.goal(
        Goal.ratio(
            "Following " + GOAL_RATE + " changes/s: CPU of nimo-shake / CPU of naive",
            ours.ofCore() / naive.ofCore(),
            TRICKLE_GOAL));
  }

  private static Goal costOfChange(Followed one, int rate, int limit) {
    return Goal.here(
        "CPU µs a change at " + rate + " changes/s", one.cpuMicros() / one.written(), limit, true);
  }

  /** The options of the launcher, also for the heap, are part of what is measured. */
  private List<Program> followers() {
    List<Program> programs = bench.followers();
    programs.set(0, bench.nimoShake().withOwnHeap());
    return programs;
  }

  private String measured() {
    return "Measured for "
        + bench.watch().toSeconds()
        + " s after "
        + bench.warmUp().toSeconds()
        + " s to warm up.";
  }

  /** Lets each program follow at each rate, all at once. */
  private List<Followed> follow(List<Program> programs, int tables, List<Double> rates)
      throws IOException, InterruptedException {
    List<PacedFollower> followers = new ArrayList<>();
    try (MongoServer checkpoints = MongoServer.start()) {
      for (double rate : rates) {
        for (Program program : programs) {
          followers.add(new PacedFollower(program, tables, 0, rate, checkpoints.uri()));
        }
      }
      for (PacedFollower follower : followers) {
        follower.begin();
      }
      report.progress("warming up for " + bench.warmUp().toSeconds() + " s");
      TimeUnit.MILLISECONDS.sleep(bench.warmUp().toMillis());
      return watch(followers);
    } finally {
      for (PacedFollower follower : followers) {
        follower.close();
      }
    }
  }

  private List<Followed> watch(List<PacedFollower> followers) throws InterruptedException {
    report.progress("measuring for " + bench.watch().toSeconds() + " s");
    long begin = System.nanoTime();
    List<Sample> before = new ArrayList<>();
    List<Long> calls = new ArrayList<>();
    List<Long> written = new ArrayList<>();
    for (PacedFollower follower : followers) {
      before.add(follower.process().now());
      calls.add(follower.calls());
      written.add(follower.written());
      follower.takeLags();
    }
    TimeUnit.MILLISECONDS.sleep(bench.watch().toMillis());
    double seconds = (System.nanoTime() - begin) / 1e9;
    List<Followed> all = new ArrayList<>();
    for (int i = 0; i < followers.size(); i++) {
      PacedFollower follower = followers.get(i);
      if (!follower.process().isAlive()) {
        throw new IllegalStateException("the process ended:\n" + follower.process().output());
      }
      all.add(
          new Followed(
              seconds,
              before.get(i),
              follower.process().now(),
              follower.calls() - calls.get(i),
              follower.written() - written.get(i),
              follower.takeLags()));
    }
    return all;
  }
}
