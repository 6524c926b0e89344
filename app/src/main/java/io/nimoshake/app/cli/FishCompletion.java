package io.nimoshake.app.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Makes the completion script for fish from the commands and their options.
 *
 * @see <a href="https://fishshell.com/docs/current/cmds/complete.html">fish: complete</a>
 */
final class FishCompletion {
  private final CommandSpec program;

  FishCompletion(CommandSpec program) {
    this.program = program;
  }

  String script() {
    List<String> lines = new ArrayList<>();
    lines.add("complete -c " + program.name() + " -f");
    String noCommand = "__fish_use_subcommand";
    program
        .subcommands()
        .forEach(
            (name, command) ->
                lines.add(line(noCommand) + " -a " + name + description(command.getCommandSpec())));
    options(program, noCommand, lines);
    for (CommandLine command : program.subcommands().values()) {
      CommandSpec spec = command.getCommandSpec();
      String condition = "__fish_seen_subcommand_from " + spec.name();
      options(spec, condition, lines);
      for (PositionalParamSpec parameter : spec.positionalParameters()) {
        lines.add(line(condition) + values(parameter));
      }
    }
    return String.join("\n", lines) + "\n";
  }

  private void options(CommandSpec spec, String condition, List<String> lines) {
    for (OptionSpec option : spec.options()) {
      if (option.hidden()) {
        continue;
      }
      StringBuilder line = new StringBuilder(line(condition));
      for (String name : option.names()) {
        if (name.startsWith("--")) {
          line.append(" -l ").append(name.substring(2));
        } else {
          line.append(name.length() == 2 ? " -s " : " -o ").append(name.substring(1));
        }
      }
      if (option.arity().max() > 0) {
        line.append(values(option));
      }
      lines.add(line + " -d " + quoted(first(option.description())));
    }
  }

  /** The values that an option or a parameter may have: words, or files. */
  private static String values(ArgSpec argument) {
    String required = argument.arity().min() > 0 && argument.isOption() ? " -r" : "";
    if (argument.completionCandidates() != null) {
      List<String> words = new ArrayList<>();
      argument.completionCandidates().forEach(words::add);
      return required + " -a " + quoted(String.join(" ", words));
    }
    return argument.type() == Path.class ? required + " -F" : required;
  }

  private String line(String condition) {
    return "complete -c " + program.name() + " -n " + quoted(condition);
  }

  private static String description(CommandSpec command) {
    return " -d " + quoted(first(command.usageMessage().description()));
  }

  private static String first(String[] description) {
    return description.length == 0 ? "" : description[0];
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
