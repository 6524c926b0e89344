package io.nimoshake.app.cli;

import io.nimoshake.app.program.ExitCode;
import io.nimoshake.mapping.yaml.NearestName;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code help}: the same as {@code --help} of a command. */
@Command(name = "help", description = "Shows the help of a command.")
final class HelpCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "The command.")
  private String name;

  @Mixin private HelpOption help;

  @Override
  public Integer call() {
    CommandLine all = spec.parent().commandLine();
    CommandLine command = name == null ? all : all.getSubcommands().get(name);
    if (command == null) {
      throw new ParameterException(
          spec.commandLine(),
          "there is no command "
              + name
              + NearestName.suggestion(name, all.getSubcommands().keySet()));
    }
    command.usage(System.out);
    return ExitCode.DONE;
  }
}
