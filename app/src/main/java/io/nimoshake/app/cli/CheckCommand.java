package io.nimoshake.app.cli;

import io.nimoshake.app.check.Check;
import io.nimoshake.app.check.CheckOptions;
import io.nimoshake.app.check.CheckReport;
import io.nimoshake.app.check.CheckResult;
import io.nimoshake.app.check.CheckScreen;
import io.nimoshake.app.check.CheckSetup;
import io.nimoshake.app.check.FindingFile;
import io.nimoshake.app.check.Findings;
import io.nimoshake.app.check.Sides;
import io.nimoshake.app.check.SyncBeside;
import io.nimoshake.app.log.Logging;
import io.nimoshake.app.program.ExitCode;
import io.nimoshake.app.progress.Terminal;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.convert.NumberOverflow;
import io.nimoshake.setup.config.Configuration;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code check}: compares both sides and repairs differences. */
@Command(
    name = "check",
    description = {
      "Compares every item of both sides, and repairs differences if asked to.",
      "",
      "Finds missing, extra and different items, and differences in keys and indexes. You may use",
      "it while a sync is running: a change that has not reached the target yet is not reported.",
      "",
      "After a cut-over to MongoDB, MongoDB is the truth: then --repair changes DynamoDB.",
      "",
      "Exit codes: 0 equal, 1 differences were found (even if they were repaired), 2 wrong command",
      "line or configuration, 3 not everything could be compared."
    },
    sortOptions = false)
final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ConfigurationOptions configuration;

  @Mixin private TableOption tables;

  @Option(
      names = "--sample",
      paramLabel = "N",
      description = "Compare N random items of each table instead of all items.")
  private Integer sample;

  @Option(
      names = "--changed",
      description =
          "Compare the items that changed in the last hour, as far as the running sync remembers,"
              + " and a sample of the rest (--sample, by default 1000).")
  private boolean changed;

  @Option(
      names = "--settle",
      paramLabel = "SECONDS",
      description =
          "Report a difference only if it lasts this long while the item in the source does not"
              + " change. Default: 30 if a sync of the same id is running, else 0.")
  private Integer settle;

  @Option(
      names = "--repair",
      description =
          "Repair differences: insert missing items, replace different ones, delete extra ones."
              + " Safe while a sync is running. Does not create indexes.")
  private boolean repair;

  @Option(
      names = "--delete-rejected",
      description =
          "With --repair after a cut-over: also delete items from DynamoDB that were rejected, so"
              + " that MongoDB never had them. They are nowhere else.")
  private boolean deleteRejected;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write every difference with both values to this file, one JSON object a line.")
  private Path out;

  @Option(names = "--json", description = "Print the summary as JSON.")
  private boolean asJson;

  @Mixin private HelpOption help;

  @Override
  public Integer call() throws Exception {
    CheckOptions options = options();
    Configuration loaded = configuration.load();
    Logging.startQuiet();
    CheckSetup setup = new CheckSetup(loaded);
    try (Sides sides = setup.open(options);
        SyncBeside beside = setup.beside()) {
      List<String> names = setup.tables(sides, options);
      Instant begun = Instant.now();
      CheckResult result = compare(sides, beside, options, names);
      setup.remember(result, options, begun, sides.mongoIsTruth()).ifPresent(System.err::println);
      CheckReport report =
          new CheckReport(result, options, isLossy(sides.convert()), sides.mongoIsTruth());
      if (asJson) {
        System.out.println(report.json());
      } else {
        report.lines().forEach(System.out::println);
        if (out == null && result.exitCode() == ExitCode.FAILED_TABLES) {
          System.out.println("to see the values, run check again with --out FILE");
        }
      }
      return result.exitCode();
    }
  }

  private CheckResult compare(
      Sides sides, SyncBeside beside, CheckOptions options, List<String> names) throws Fault {
    if (out == null) {
      return run(new Check(sides, beside, options, finding -> {}), names);
    }
    try (FindingFile file = new FindingFile(out)) {
      Findings.Sink sink = file;
      return run(new Check(sides, beside, options, sink), names);
    } catch (IOException e) {
      throw new Fault.Fatal("differences cannot be written to " + out + ": " + e, e);
    }
  }

  private static CheckResult run(Check check, List<String> names) throws Fault {
    if (!Terminal.isThere()) {
      return check.run(names);
    }
    try (CheckScreen screen = new CheckScreen(System.err, check)) {
      return check.run(names);
    }
  }

  private CheckOptions options() {
    if (sample != null && sample < 1) {
      throw new ParameterException(spec.commandLine(), "--sample: must be a number from 1");
    }
    if (settle != null && settle < 0) {
      throw new ParameterException(spec.commandLine(), "--settle: must be a number from 0");
    }
    if (deleteRejected && !repair) {
      throw new ParameterException(spec.commandLine(), "--delete-rejected: needs --repair");
    }
    return new CheckOptions(
        tables.patterns(),
        sample == null
            ? changed ? OptionalInt.of(CheckOptions.SAMPLE) : OptionalInt.empty()
            : OptionalInt.of(sample),
        changed ? Optional.of(Instant.now().minus(CheckOptions.LATELY)) : Optional.empty(),
        Optional.ofNullable(settle).map(Duration::ofSeconds),
        repair,
        deleteRejected);
  }

  /** Whether different numbers of the source may become equal in the target. */
  private static boolean isLossy(ConvertOptions convert) {
    return convert.type() == ConvertType.MCHANGE
        || convert.type() == ConvertType.CHANGE && convert.overflow() == NumberOverflow.DOUBLE;
  }
}
