package io.nimoshake.app.cutover;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.check.CheckResult;
import io.nimoshake.app.check.TableResult;
import io.nimoshake.app.cutover.CutOverResult.Outcome;
import io.nimoshake.app.cutover.Readiness.Problem;
import io.nimoshake.app.remote.NoSuchSyncException;
import io.nimoshake.app.remote.SyncClient;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.setup.StartUpException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Cuts a running sync over, or has it return, step by step. Each step either holds or ends it with
 * what is missing. Whoever is told to switch may rely on it: the checkpoint says so already.
 *
 * <pre>
 *   ready? -- freeze --> drained? -- compare --> recorded --> "switch now"
 *     |                     |           |
 *     +---------------------+-----------+--> not cut over: the sync goes on as before
 * </pre>
 */
public final class CutOverFlow {
  private static final String CUTOVER = "/api/v1/cutover";
  private static final long POLL_MILLIS = 500;

  /** How long to wait for what may pass: a shard that splits, a call that fails for a moment. */
  private static final Duration READY_WITHIN = Duration.ofSeconds(30);

  /** Makes the comparison of both sides after the freeze. */
  public interface Comparison {
    CheckResult run() throws Fault, StartUpException;
  }

  /** Asks the operator; false if the operator does not want to go on. */
  public interface Confirmation {
    boolean isGiven();
  }

  private final SyncClient sync;
  private final CutOverOptions options;
  private final Confirmation writersStopped;
  private final Optional<Comparison> comparison;
  private final Consumer<String> progress;
  private volatile boolean frozen;
  private volatile boolean aborted;

  /**
   * @param comparison of both sides when everything has arrived; empty: none
   * @param progress takes lines for the operator
   */
  public CutOverFlow(
      SyncClient sync,
      CutOverOptions options,
      Confirmation writersStopped,
      Optional<Comparison> comparison,
      Consumer<String> progress) {
    this.sync = sync;
    this.options = options;
    this.writersStopped = writersStopped;
    this.comparison = comparison;
    this.progress = progress;
  }

  /** What is in the way of a cut-over now. */
  public List<String> problems() throws NoSuchSyncException {
    return look().stream().map(Problem::text).toList();
  }

  private List<Problem> look() throws NoSuchSyncException {
    JsonNode status = sync.status();
    JsonNode state = sync.get(CUTOVER);
    return options.turn().isOf(state.path("direction").asText())
        ? Readiness.problems(status, state, options.accepted())
        : List.of(new Problem(options.turn().otherDirection(), false));
  }

  /** What stays in the way. Nothing is asked of the operator before. */
  private List<String> lastingProblems() throws NoSuchSyncException, InterruptedException {
    long begun = System.nanoTime();
    List<Problem> problems = look();
    if (!problems.isEmpty() && problems.stream().allMatch(Problem::mayPass)) {
      progress.accept("not ready yet: " + problems.get(0).text());
    }
    while (!problems.isEmpty()
        && problems.stream().allMatch(Problem::mayPass)
        && since(begun).compareTo(READY_WITHIN) < 0) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      problems = look();
    }
    return problems.stream().map(Problem::text).toList();
  }

  /** Cuts over. If it does not come to that, the sync goes on as before. */
  public CutOverResult run()
      throws NoSuchSyncException, Fault, StartUpException, InterruptedException {
    List<String> problems = lastingProblems();
    if (!problems.isEmpty()) {
      return notDone("not ready", problems, Duration.ZERO);
    }
    progress.accept("ready: every table is followed");
    Readiness.checks(sync.get(CUTOVER)).forEach(progress);
    if (!writersStopped.isGiven()) {
      return notDone(
          "not confirmed", List.of("nobody has said that the writers stopped"), Duration.ZERO);
    }
    Map<String, Object> at = new TreeMap<>();
    at.put("way_back", options.wayBack());
    options.at().ifPresent(time -> at.put("at", time.toString()));
    frozen = true;
    try {
      sync.post(CUTOVER + "/freeze", at);
      CutOverResult result = afterFreeze();
      frozen = result.outcome() == Outcome.NOT_CUT_OVER && frozen;
      return result;
    } finally {
      abort();
    }
  }

  /** Calls the cut-over off, if it is under way. One that is recorded stays recorded. */
  public void abort() throws NoSuchSyncException {
    if (frozen) {
      aborted = true;
      frozen = false;
      sync.post(CUTOVER + "/abort", Map.of());
    }
  }

  private CutOverResult afterFreeze()
      throws NoSuchSyncException, Fault, StartUpException, InterruptedException {
    long begun = System.nanoTime();
    Optional<Drained> drained = awaitDrained(begun);
    while (drained.isPresent()) {
      Optional<CheckResult> equal = Optional.empty();
      if (comparison.isPresent()) {
        progress.accept("drained: comparing both sides");
        equal = Optional.of(comparison.get().run());
        if (!equal.get().isEqual()) {
          return notDone(equal.get().whyNotEqual(), differences(equal.get()), since(begun));
        }
      }
      // Once more: a change that was waited for may have been rejected.
      List<String> rejected =
          Readiness.deadLetters(sync.get(CUTOVER), options.accepted().deadLetters());
      if (!rejected.isEmpty()) {
        return notDone("items were rejected", rejected, since(begun));
      }
      JsonNode answer = sync.post(CUTOVER + "/finish", howToFinish(drained.get()));
      if (answer.path("state").asText().equals("stored")) {
        return aborted
            ? CutOverResult.calledOffTooLate(options.turn(), since(begun))
            : CutOverResult.done(answer, equal, since(begun));
      }
      // A record came in the meantime: the wait begins anew, and so does the comparison.
      progress.accept("somebody has still written: once more" + stillWritten(answer));
      drained = awaitDrained(begun);
    }
    JsonNode last = sync.get(CUTOVER);
    return notDone("not everything has arrived", missing(last), since(begun));
  }

  private Map<String, Object> howToFinish(Drained drained) {
    return Map.of(
        "freeze",
        drained.state().path("freeze").asText(),
        "keep_following",
        options.keepFollowing(),
        "accept_dead_letters",
        options.accepted().deadLetters());
  }

  /** A state in which nothing is missing. */
  private record Drained(JsonNode state) {}

  /** Empty if it takes too long, or was called off. */
  private Optional<Drained> awaitDrained(long begun)
      throws NoSuchSyncException, InterruptedException {
    String told = "";
    while (!aborted && since(begun).compareTo(timeout()) < 0) {
      JsonNode now = sync.get(CUTOVER);
      switch (now.path("state").asText()) {
        case "drained" -> {
          return Optional.of(new Drained(now));
        }
        case "none" -> {
          // The sync was started again, or somebody else has called it off.
          aborted = true;
        }
        default -> {
          String line = waiting(now);
          if (!line.equals(told)) {
            progress.accept(line);
            told = line;
          }
          TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
      }
    }
    return Optional.empty();
  }

  private Duration timeout() {
    Duration untilThen =
        options.at().map(time -> Duration.between(Instant.now(), time)).orElse(Duration.ZERO);
    return untilThen.isNegative() ? options.timeout() : options.timeout().plus(untilThen);
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  private static String waiting(JsonNode now) {
    List<String> missing = missing(now);
    return "waiting for everything written before "
        + now.path("freeze").asText()
        + stillWritten(now)
        + "; "
        + missing.get(0)
        + (missing.size() > 1 ? " (and " + (missing.size() - 1) + " more)" : "");
  }

  private static String stillWritten(JsonNode now) {
    JsonNode late = now.path("late_write");
    return late.isObject()
        ? "; still being written to: table "
            + late.path("table").asText()
            + ", key "
            + late.path("key").asText("not known")
            + ", at "
            + late.path("created").asText()
        : "";
  }

  private static List<String> missing(JsonNode state) {
    List<String> lines = new ArrayList<>();
    for (JsonNode each : state.path("missing")) {
      String table = each.has("table") ? "table " + each.path("table").asText() + ": " : "";
      String shard = each.has("shard") ? "shard " + each.path("shard").asText() + ": " : "";
      lines.add(table + shard + each.path("reason").asText());
    }
    if (lines.isEmpty()) {
      lines.add("it is not under way any more: it was called off, or the sync has ended");
    }
    return lines;
  }

  private static List<String> differences(CheckResult result) {
    return result.tables().stream()
        .filter(table -> !table.isEqual())
        .map(table -> "table " + table.table() + ": " + difference(table))
        .toList();
  }

  private static String difference(TableResult table) {
    String what =
        table.isDifferent() || table.unsettled() == 0
            ? table.differences() + " differences"
            : table.unsettled() + " items could not be compared";
    return table.failure().orElse(what) + ", see nimo-shake check";
  }

  private CutOverResult notDone(String why, List<String> missing, Duration waited) {
    return CutOverResult.notDone(why, missing, waited);
  }
}
