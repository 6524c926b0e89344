package io.nimoshake.bench.whole;

import io.nimoshake.bench.report.Goal;
import io.nimoshake.bench.report.Report;
import io.nimoshake.bench.report.Spread;
import io.nimoshake.testkit.server.MongoServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Measures how much memory the programs use, with the heap that they choose themselves. */
public final class MemoryPart {
  private static final int ITEMS = 200_000;
  private static final int SEGMENTS = 4;
  private static final int TABLES = 3;
  private static final double GOAL = 0.75;
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final Bench bench;
  private final Report report;

  public MemoryPart(Bench bench) {
    this.bench = bench;
    this.report = bench.report();
  }

  public void run() throws IOException, InterruptedException {
    report.section("Memory");
    report.paragraph(
        "Resident size of the whole process, canned endpoints. nimo-shake has the heap that its"
            + " launcher chooses, naive has "
            + Program.HEAP
            + ". Copy: the peak during a copy of "
            + ITEMS
            + " items of 1 KB. Following: "
            + bench.watch().toSeconds()
            + " s after the copy of "
            + TABLES
            + " tables of "
            + ITEMS / 10
            + " items each.");
    report.table("Program", "Copy, peak MB", "Following, MB", "Threads");
    Map<String, Spread> copies = new HashMap<>();
    List<Program> copiers = bench.copiers();
    copiers.set(0, bench.nimoShake().withOwnHeap());
    for (Program program : copiers) {
      List<CopyCost> costs = new ArrayList<>();
      for (int round = 0; round < bench.rounds(); round++) {
        report.progress("copy, " + program.name());
        costs.add(CopyCost.of(program, List.of(CopyPart.table("mixed", "bench", ITEMS)), SEGMENTS));
      }
      copies.put(program.name(), CopyPart.spread(costs, CopyCost::peakRssMegabytes));
    }
    List<Program> followers = bench.followers();
    followers.set(0, bench.nimoShake().withOwnHeap());
    for (Program program : followers) {
      report.progress("following, " + program.name());
      MeasuredProcess.Sample sample = following(program);
      double following = sample.rssBytes() / 1048576.0;
      report.row(program.name(), copies.get(program.name()), following, sample.threads());
      if (program instanceof Program.NimoShake) {
        report.goal(Goal.here("Following three tables, resident MB", following, 130, true));
      }
    }
    report.end();
    double ours = copies.get("nimo-shake").median();
    report.goal(Goal.here("Copy of 200,000 items, peak resident MB", ours, 250, true));
    report.goal(
        Goal.ratio(
            "Copy of 200,000 items: peak memory of nimo-shake / of naive",
            ours / copies.get("naive").median(),
            GOAL));
  }

  /** Naive only follows; the others copy first. */
  private MeasuredProcess.Sample following(Program program)
      throws IOException, InterruptedException {
    boolean copies = !(program instanceof Program.Naive);
    try (MongoServer checkpoints = MongoServer.start();
        PacedFollower follower =
            new PacedFollower(program, TABLES, ITEMS / 10, 0, checkpoints.uri())) {
      follower.begin();
      long items = copies ? TABLES * ITEMS / 10 : 0;
      follower.process().await(() -> follower.written() >= items, LIMIT);
      TimeUnit.MILLISECONDS.sleep(bench.watch().toMillis());
      return follower.process().now();
    }
  }
}
