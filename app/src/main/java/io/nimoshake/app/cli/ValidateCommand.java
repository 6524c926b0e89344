package io.nimoshake.app.cli;

import io.nimoshake.app.program.ExitCode;
import io.nimoshake.setup.config.ConfigKey;
import io.nimoshake.setup.config.Configuration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code validate}: checks a configuration without connecting to anything. */
@Command(
    name = "validate",
    description = {
      "Checks the configuration only.",
      "",
      "Connects to nothing. The command plan also checks servers and permissions.",
      "Exit codes: 0 valid, 2 not valid."
    },
    sortOptions = false)
final class ValidateCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions configuration;

  @Option(names = "--show", description = "Print the value of every key in use, without secrets.")
  private boolean show;

  @Mixin private HelpOption help;

  @Override
  public Integer call() throws Exception {
    Configuration loaded = configuration.load();
    if (show) {
      loaded.effective().forEach(System.out::println);
    }
    for (ConfigKey<?> key : loaded.withoutEffect()) {
      System.err.println("nimo-shake: " + key.name() + " is set but has no effect");
    }
    if (!show) {
      System.out.println(configuration.describe() + " is valid");
    }
    return ExitCode.DONE;
  }
}
