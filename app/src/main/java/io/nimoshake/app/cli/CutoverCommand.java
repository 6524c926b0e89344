package io.nimoshake.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.check.Check;
import io.nimoshake.app.check.CheckOptions;
import io.nimoshake.app.check.CheckReport;
import io.nimoshake.app.check.CheckResult;
import io.nimoshake.app.check.CheckSetup;
import io.nimoshake.app.check.Sides;
import io.nimoshake.app.check.SyncBeside;
import io.nimoshake.app.cutover.Accepted;
import io.nimoshake.app.cutover.CutOverFlow;
import io.nimoshake.app.cutover.CutOverOptions;
import io.nimoshake.app.cutover.CutOverReport;
import io.nimoshake.app.cutover.CutOverResult;
import io.nimoshake.app.cutover.UndoneCutOver;
import io.nimoshake.app.log.Logging;
import io.nimoshake.app.program.ExitCode;
import io.nimoshake.app.remote.NoSuchSyncException;
import io.nimoshake.app.remote.SyncClient;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.SyncRoute;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.GeneralKeys;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code cutover}: proves that everything has arrived, and says when to switch. */
@Command(
    name = "cutover",
    description = {
      "Proves that everything written to DynamoDB has arrived, and says when to switch.",
      "",
      "Talks to the running sync. Looks whether every table is followed, asks you to stop the",
      "applications, waits until everything that they wrote is in the target, compares both sides,",
      "and records the cut-over in the checkpoint. Then the sync ends, and a sync from DynamoDB"
          + " does",
      "not start again under this id. Until the last line nothing is changed: Ctrl-C calls it off.",
      "",
      "Exit codes: 0 switch now, 1 not cut over, the output says what is missing, 2 wrong command",
      "line or configuration, 3 the sync does not answer."
    },
    sortOptions = false)
final class CutoverCommand implements Callable<Integer> {
  private static final String NOTHING = "none";
  private static final String ALL = "all";
  private static final String CHANGED = "changed";

  @Spec private CommandSpec spec;

  @Mixin private ConfigurationOptions configuration;

  @Option(
      names = "--yes",
      description = "Do not ask: the applications do not write to DynamoDB any more.")
  private boolean yes;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description = "The applications stop writing at this time, such as 2026-01-31T12:00:00Z.")
  private String at;

  @Option(
      names = "--check",
      arity = "0..1",
      fallbackValue = CHANGED,
      paramLabel = "WHAT",
      description =
          "Before anything else, compare both sides while the sync runs: 'changed' (the default"
              + " here) the items that changed in the last hour and 1,000 random others of each"
              + " table, 'all' every item.")
  private String check;

  @Option(
      names = "--compare",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "When everything has arrived, compare the items that changed since the last check and N"
              + " random others of each table, or 'all' items, or 'none'. Default:"
              + " ${DEFAULT-VALUE}.")
  private String compare;

  @Option(
      names = "--accept-dead-letters",
      description = "Cut over although rejected items are not in the target.")
  private boolean acceptDeadLetters;

  @Option(
      names = "--accept-differences",
      description =
          "Cut over although a check has found differences, and none of every item since has shown"
              + " that they are gone.")
  private boolean acceptDifferences;

  @Option(
      names = "--way-back",
      description =
          "Store the place from which the changes made in MongoDB can be brought back to DynamoDB.")
  private boolean wayBack;

  @Option(
      names = "--keep-following",
      description = "Let the sync go on after the cut-over, until it is stopped.")
  private boolean keepFollowing;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description =
          "Wait this long, from the moment on at which the applications stopped. Default:"
              + " ${DEFAULT-VALUE}.")
  private int timeout;

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean asJson;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write the result to this file, as a web page.")
  private Path report;

  @Option(
      names = "--abort",
      description =
          "Call the cut-over off. If it is done already and the sync has ended, allow a sync from"
              + " DynamoDB to start again: do that only if no application has written to the"
              + " target.")
  private boolean abort;

  @Mixin private HelpOption help;

  @Override
  public Integer call() throws Exception {
    CutOverOptions options = options();
    OptionalInt last = lastComparison();
    Optional<CheckOptions> first = firstComparison();
    Configuration loaded = configuration.load();
    Logging.startQuiet();
    SyncClient sync = SyncClient.of(loaded, Duration.ofSeconds(30));
    if (abort) {
      return abort(loaded, sync);
    }
    CutOverFlow flow =
        new CutOverFlow(
            sync,
            options,
            this::writersStopped,
            compare.equals(NOTHING)
                ? Optional.empty()
                : Optional.of(() -> compare(loaded, afterTheFreeze(sync, last))),
            line -> System.err.println(line));
    if (first.isPresent() && !isEqualBefore(loaded, first.get())) {
      return ExitCode.FAILED_TABLES;
    }
    CutOverResult result = runWithHook(flow);
    CutOverReport written =
        new CutOverReport(loaded.get(GeneralKeys.ID), SyncRoute.of(loaded).target(), result);
    if (report != null) {
      Files.writeString(report, written.html());
    }
    if (asJson) {
      System.out.println(written.json());
    } else {
      written.lines().forEach(System.out::println);
    }
    return result.outcome() == CutOverResult.Outcome.CUT_OVER
        ? ExitCode.DONE
        : ExitCode.FAILED_TABLES;
  }

  /** Ctrl-C calls the cut-over off. */
  private static CutOverResult runWithHook(CutOverFlow flow) throws Exception {
    Thread hook =
        new Thread(
            () -> {
              try {
                flow.abort();
              } catch (NoSuchSyncException e) {
                System.err.println("the cut-over could not be called off: " + e.getMessage());
              }
            },
            "nimo-shake-cutover-abort");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return flow.run();
    } finally {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The process is ending: the hook calls the cut-over off.
        System.err.println("called off");
      }
    }
  }

  private static int abort(Configuration loaded, SyncClient sync) throws Exception {
    try {
      JsonNode state = sync.post("/api/v1/cutover/abort", Map.of("undo", true));
      System.out.println("called off; the cut-over is now: " + state.path("state").asText());
      return ExitCode.DONE;
    } catch (NoSuchSyncException e) {
      if (e.reason() != NoSuchSyncException.Reason.NOT_RUNNING) {
        throw e;
      }
      System.out.println(UndoneCutOver.undo(loaded));
      return ExitCode.DONE;
    }
  }

  private boolean writersStopped() {
    if (yes || at != null) {
      return true;
    }
    System.err.print(
        "Stop every application that writes to DynamoDB now. Does none write any more? Type yes: ");
    System.err.flush();
    try {
      String answer = new BufferedReader(new InputStreamReader(System.in)).readLine();
      return answer != null && answer.strip().toLowerCase(Locale.ROOT).equals("yes");
    } catch (IOException e) {
      // Nobody can be asked, so nobody has said it.
      return false;
    }
  }

  private static boolean isEqualBefore(Configuration loaded, CheckOptions how)
      throws Fault, StartUpException {
    CheckResult result = compare(loaded, how);
    if (result.exitCode() != ExitCode.DONE) {
      new CheckReport(result, how, false, false).lines().forEach(System.out::println);
      System.out.println("not cut over: both sides differ. The sync goes on as before.");
      return false;
    }
    System.err.println("checked: both sides are equal");
    return true;
  }

  private static CheckResult compare(Configuration loaded, CheckOptions how)
      throws Fault, StartUpException {
    CheckSetup setup = new CheckSetup(loaded);
    try (Sides sides = setup.open(how);
        SyncBeside beside = setup.beside()) {
      Instant begun = Instant.now();
      CheckResult result =
          new Check(sides, beside, how, finding -> {}).run(setup.tables(sides, how));
      setup.remember(result, how, begun, sides.mongoIsTruth()).ifPresent(System.err::println);
      return result;
    }
  }

  private CutOverOptions options() {
    if (timeout < 1) {
      throw usage("--timeout: must be a number from 1");
    }
    Optional<Instant> time = Optional.empty();
    if (at != null) {
      try {
        time = Optional.of(Instant.parse(at));
      } catch (java.time.DateTimeException e) {
        throw usage("--at: must be a time like 2026-01-31T12:00:00Z");
      }
    }
    return new CutOverOptions(
        time,
        new Accepted(acceptDeadLetters, acceptDifferences),
        keepFollowing,
        wayBack,
        Duration.ofSeconds(timeout));
  }

  private Optional<CheckOptions> firstComparison() {
    if (check == null) {
      return Optional.empty();
    }
    return switch (check) {
      case ALL -> Optional.of(CheckOptions.ALL);
      case CHANGED ->
          Optional.of(
              CheckOptions.changed(Instant.now().minus(CheckOptions.LATELY), CheckOptions.SAMPLE));
      default -> throw usage("--check: must be changed or all");
    };
  }

  /**
   * What is compared when everything has arrived.
   *
   * @param sample empty: every item
   */
  private static CheckOptions afterTheFreeze(SyncClient sync, OptionalInt sample)
      throws StartUpException, Fault {
    if (sample.isEmpty()) {
      return CheckOptions.ALL;
    }
    try {
      String since = sync.get("/api/v1/cutover").path("changed_since").asText();
      return CheckOptions.changed(Instant.parse(since), sample.getAsInt());
    } catch (NoSuchSyncException e) {
      throw new Fault.Fatal(e.getMessage(), e);
    }
  }

  /** How many random items are compared at the end; empty: every item, or nothing. */
  private OptionalInt lastComparison() {
    if (compare.equals(NOTHING) || compare.equals(ALL)) {
      return OptionalInt.empty();
    }
    try {
      int items = Integer.parseInt(compare);
      if (items >= 1) {
        return OptionalInt.of(items);
      }
    } catch (NumberFormatException e) {
      throw usage("--compare: must be a number from 1, all or none");
    }
    throw usage("--compare: must be a number from 1, all or none");
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
