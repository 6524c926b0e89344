package io.nimoshake.bench.micro;

import io.nimoshake.bench.convert.DecodeBenchmark;
import io.nimoshake.bench.report.Goal;
import io.nimoshake.bench.report.Report;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the benchmarks of single steps. JMH starts a JVM for each. */
public final class MicroPart {
  private static final List<String> PAGES = List.of("small", "mixed", "large", "numbers");

  private final Report report;
  private final boolean quick;
  private final Path log;

  /**
   * @param directory for the output of JMH
   */
  public MicroPart(Report report, boolean quick, Path directory) {
    this.report = report;
    this.quick = quick;
    this.log = directory.resolve("jmh.txt");
  }

  public void run() throws RunnerException {
    decoding();
    coalescing();
    plan();
    checkpoint();
  }

  private Collection<RunResult> results(Class<?> benchmark, String methods, int forks)
      throws RunnerException {
    report.progress(benchmark.getSimpleName());
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(benchmark.getName() + "\\." + methods)
            .addProfiler(CpuProfiler.class)
            .addProfiler(GCProfiler.class)
            .forks(quick ? 1 : forks)
            .shouldFailOnError(true)
            .output(log.resolveSibling(benchmark.getSimpleName() + ".jmh.txt").toString());
    if (quick) {
      options.warmupIterations(1).measurementIterations(2).measurementTime(TimeValue.seconds(1));
    }
    return new Runner(options.build()).run();
  }

  private static double secondary(RunResult result, String label) {
    for (Map.Entry<String, ? extends Result<?>> entry :
        result.getSecondaryResults().entrySet().stream()
            .map(e -> Map.<String, Result<?>>entry(e.getKey(), e.getValue()))
            .toList()) {
      if (entry.getKey().endsWith(label)) {
        return entry.getValue().getScore();
      }
    }
    return Double.NaN;
  }

  private void decoding() throws RunnerException {
    Map<String, RunResult> all = new HashMap<>();
    for (RunResult result :
        results(DecodeBenchmark.class, "(onePass|sdkDocumentEncode|tokensOnly)$", 2)) {
      String method = result.getPrimaryResult().getLabel();
      all.put(method + " " + result.getParams().getParam("items"), result);
    }
    report.section("Decoding a page");
    report.paragraph(
        "CPU milliseconds for a page of 1 MB. One pass: nimo-shake. SDK: the SDK builds"
            + " AttributeValues, they become Documents, the driver encodes them. Tokens: jackson-core"
            + " reads the JSON tokens, and nothing else happens.");
    report.table(
        "Page",
        "One pass",
        "SDK",
        "Tokens",
        "SDK / one pass",
        "Tokens / one pass",
        "One pass allocates MB",
        "SDK allocates MB");
    for (String page : PAGES) {
      RunResult pass = all.get("onePass " + page);
      RunResult sdk = all.get("sdkDocumentEncode " + page);
      double ours = secondary(pass, "cpu") / 1e3;
      double theirs = secondary(sdk, "cpu") / 1e3;
      double tokens = secondary(all.get("tokensOnly " + page), "cpu") / 1e3;
      report.row(
          page,
          ours,
          theirs,
          tokens,
          theirs / ours,
          tokens / ours,
          secondary(pass, "gc.alloc.rate.norm") / 1e6,
          secondary(sdk, "gc.alloc.rate.norm") / 1e6);
      if (page.equals("mixed")) {
        report.goal(Goal.ratio("Decoding 1 KB items: one pass / SDK", ours / theirs, 1.0 / 8));
        report.goal(Goal.ratio("Decoding 1 KB items: one pass / tokens", ours / tokens, 2));
      } else if (page.equals("numbers")) {
        report.goal(Goal.ratio("Decoding numbers: one pass / SDK", ours / theirs, 1.0 / 5));
      }
    }
    report.end();
  }

  private void coalescing() throws RunnerException {
    Collection<RunResult> results = results(CoalescingBenchmark.class, ".*", 1);
    report.section("Coalescing a page");
    report.table("Records", "Distinct keys", "CPU µs");
    for (RunResult result : results) {
      report.row(1_000, result.getParams().getParam("distinctKeys"), secondary(result, "cpu"));
    }
    report.end();
  }

  private void plan() throws RunnerException {
    Collection<RunResult> results = results(PlanBenchmark.class, ".*", 1);
    report.section("A step of the plan with 10,000 shards");
    report.table("Step", "CPU µs", "Allocated KB");
    for (RunResult result : results) {
      report.row(
          result.getPrimaryResult().getLabel().equals("listing")
              ? "all shards are listed"
              : "a page is durable",
          secondary(result, "cpu"),
          secondary(result, "gc.alloc.rate.norm") / 1e3);
    }
    report.end();
  }

  private void checkpoint() throws RunnerException {
    Collection<RunResult> results = results(CheckpointBenchmark.class, ".*", 1);
    report.section("Saving the checkpoint of 64 shards");
    report.paragraph("File: includes the time of the disk. MongoDB: mongo-java-server.");
    report.table("Store", "Shards in the store", "ms", "CPU ms", "Allocated MB");
    for (RunResult result : results) {
      report.row(
          result.getParams().getParam("store"),
          result.getParams().getParam("shards"),
          result.getPrimaryResult().getScore(),
          secondary(result, "cpu") / 1e3,
          secondary(result, "gc.alloc.rate.norm") / 1e6);
    }
    report.end();
  }
}
