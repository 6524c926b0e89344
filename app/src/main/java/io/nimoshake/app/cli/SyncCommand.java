package io.nimoshake.app.cli;

import io.nimoshake.app.log.Logging;
import io.nimoshake.app.sync.SyncProcess;
import io.nimoshake.setup.config.Configuration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sync}: copies and follows until done or stopped. */
@Command(
    name = "sync",
    description = "Copies tables and follows their streams, as the configuration says.",
    sortOptions = false)
final class SyncCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions configuration;

  @Mixin private HelpOption help;

  @Override
  public Integer call() throws Exception {
    return run(configuration.load());
  }

  static int run(Configuration configuration) throws Exception {
    Logging.start(configuration);
    return SyncProcess.run(configuration);
  }
}
