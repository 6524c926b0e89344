package io.nimoshake.app.cli;

import io.nimoshake.app.log.Logging;
import io.nimoshake.app.sync.SyncProcess;
import io.nimoshake.setup.config.Configuration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sync}: copies tables and follows their streams. */
@Command(
    name = "sync",
    description = "Copies tables and follows their streams, as the configuration says.",
    sortOptions = false)
final class SyncCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions configuration;

  @Mixin private TableOption tables;

  @Option(
      names = "--dry-run",
      description = "Only say what the sync would do, as the command plan. Changes nothing.")
  private boolean dryRun;

  @Option(
      names = "--accept-mapping",
      description =
          "Accept that the mapping has got more indexes since the sync began, and build them.")
  private boolean acceptMapping;

  @Mixin private HelpOption help;

  @Override
  public Integer call() throws Exception {
    Configuration loaded = configuration.load(tables, acceptMapping);
    return dryRun ? PlanCommand.run(loaded, PlanCommand.SAMPLE, false) : run(loaded);
  }

  static int run(Configuration configuration) throws Exception {
    Logging.start(configuration);
    return SyncProcess.run(configuration);
  }
}
