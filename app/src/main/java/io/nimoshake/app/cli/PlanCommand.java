package io.nimoshake.app.cli;

import io.nimoshake.app.log.Logging;
import io.nimoshake.app.preview.DryRun;
import io.nimoshake.app.program.ExitCode;
import io.nimoshake.app.program.SecretFree;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.Redaction;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code plan}: tells what a sync would do. */
@Command(
    name = "plan",
    description = {
      "Says what a sync with this configuration would do. Changes nothing.",
      "",
      "Shows the tables, their sizes, the cost and the least time of the copy, their streams and",
      "indexes, what the sync does with existing collections, and missing permissions. With a",
      "mapping, also what it makes of a sample of items.",
      "",
      "Exit codes: 0 a sync can start, 1 a permission is missing, 2 wrong command line or",
      "configuration, 3 a side does not answer."
    },
    sortOptions = false)
final class PlanCommand implements Callable<Integer> {
  /** How many items of each table the mapping is tried with if the user does not say. */
  static final int SAMPLE = 1_000;

  @Spec private CommandSpec spec;

  @Mixin private ConfigurationOptions configuration;

  @Mixin private TableOption tables;

  @Option(
      names = "--sample",
      paramLabel = "N",
      defaultValue = "" + PlanCommand.SAMPLE,
      description =
          "Try the mapping with this many items of each table, if there is a mapping; 0 for none."
              + " Default: 1000. Reading them costs read units.")
  private int sample;

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean asJson;

  @Mixin private HelpOption help;

  @Override
  public Integer call() throws Exception {
    if (sample < 0) {
      throw new ParameterException(spec.commandLine(), "--sample: must be 0 or more");
    }
    return run(configuration.load(tables), sample, asJson);
  }

  static int run(Configuration configuration, int sample, boolean asJson) throws StartUpException {
    Logging.startQuiet();
    DryRun dryRun = DryRun.of(configuration, sample);
    Redaction redaction = configuration.redaction();
    if (asJson) {
      System.out.println(SecretFree.prettyJson(redaction, dryRun.json()));
    } else {
      dryRun.lines().forEach(line -> System.out.println(redaction.apply(line)));
    }
    return dryRun.isPermitted() ? ExitCode.DONE : ExitCode.FAILED_TABLES;
  }
}
