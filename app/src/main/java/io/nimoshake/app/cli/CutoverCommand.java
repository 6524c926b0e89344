package io.nimoshake.app.cli;

import io.nimoshake.app.check.CheckOptions;
import io.nimoshake.app.check.CheckReport;
import io.nimoshake.app.check.CheckResult;
import io.nimoshake.app.cutover.Accepted;
import io.nimoshake.app.cutover.CutOverOptions;
import io.nimoshake.app.cutover.Turn;
import io.nimoshake.app.cutover.UndoneCutOver;
import io.nimoshake.app.log.Logging;
import io.nimoshake.app.program.ExitCode;
import io.nimoshake.app.remote.SyncClient;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.config.Configuration;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
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
      "not start again under this id. Until it is recorded, Ctrl-C calls it off.",
      "",
      "Exit codes: 0 switch now, 1 not cut over, the output says what is missing, 2 wrong command",
      "line or configuration, 3 the sync does not answer."
    },
    sortOptions = false)
final class CutoverCommand implements Callable<Integer> {
  private static final String ALL = "all";
  private static final String CHANGED = "changed";

  @Spec private CommandSpec spec;

  @Mixin private ConfigurationOptions configuration;

  @Option(
      names = "--yes",
      description = "Do not ask: the applications do not write to DynamoDB any more.")
  private boolean yes;

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
      names = "--abort",
      description =
          "Call the cut-over off. If it is done already and the sync has ended, allow a sync from"
              + " DynamoDB to start again: do that only if no application has written to the"
              + " target.")
  private boolean abort;

  @Mixin private SwitchOptions shared;

  @Mixin private HelpOption help;

  @Override
  public Integer call() throws Exception {
    CutOverOptions options =
        shared.with(
            Turn.CUT_OVER,
            new Accepted(acceptDeadLetters, acceptDifferences),
            keepFollowing,
            wayBack);
    Optional<LastComparison> last = shared.comparison();
    Optional<CheckOptions> first = firstComparison();
    if (!abort) {
      shared.requireWritableReport();
    }
    Configuration loaded = configuration.load();
    Logging.startQuiet();
    SyncClient sync = SyncClient.of(loaded, Duration.ofSeconds(30));
    if (abort) {
      return SwitchSteps.abort(sync, () -> UndoneCutOver.undo(loaded));
    }
    if (first.isPresent() && !isEqualBefore(loaded, first.get())) {
      return ExitCode.FAILED_TABLES;
    }
    return shared.report(SwitchSteps.run(loaded, sync, options, this::writersStopped, last));
  }

  private boolean writersStopped() {
    return yes || shared.areTimed() || SwitchSteps.writersStopped("DynamoDB");
  }

  private static boolean isEqualBefore(Configuration loaded, CheckOptions how)
      throws Fault, StartUpException {
    CheckResult result = LastComparison.compare(loaded, how);
    if (result.exitCode() != ExitCode.DONE) {
      new CheckReport(result, how, false, false).lines().forEach(System.out::println);
      System.out.println("not cut over: " + result.whyNotEqual() + ". The sync goes on as before.");
      return false;
    }
    System.err.println("checked: both sides are equal");
    return true;
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

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
