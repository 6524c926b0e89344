package io.nimoshake.app.cli;

import io.nimoshake.app.program.Version;
import io.nimoshake.setup.config.ConfigKey;
import io.nimoshake.setup.config.ConfigKeys;
import io.nimoshake.setup.config.ConfigSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Makes manual pages from the commands, their options and the keys of the configuration.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/man.7.html">man(7)</a>
 */
final class ManPages {
  private ManPages() {}

  /** All pages by the names of their files, for example {@code nimo-shake-sync.1}. */
  static Map<String, String> all() {
    Map<String, String> pages = new TreeMap<>();
    CommandSpec program = CommandLineInterface.commandLine().getCommandSpec();
    pages.put(program.name() + ".1", page(program.name(), program));
    for (CommandLine command : program.subcommands().values()) {
      String name = program.name() + "-" + command.getCommandName();
      pages.put(name + ".1", page(name, command.getCommandSpec()));
    }
    pages.put(program.name() + ".conf.5", configuration(program.name()));
    return pages;
  }

  private static String page(String name, CommandSpec command) {
    StringBuilder page = new StringBuilder();
    String[] description = command.usageMessage().description();
    title(page, name, "1", description.length == 0 ? "" : description[0]);
    page.append(".SH SYNOPSIS\n");
    if (command.subcommands().isEmpty()) {
      page.append(".B ").append(text(name.replaceFirst("-(?!shake)", " "))).append('\n');
      page.append("[options]");
      command
          .positionalParameters()
          .forEach(each -> page.append(' ').append(text(each.paramLabel())));
      page.append('\n');
    } else {
      page.append(".nf\n");
      for (String line : command.usageMessage().customSynopsis()) {
        page.append(text(line)).append('\n');
      }
      page.append(".fi\n");
    }
    page.append(".SH DESCRIPTION\n");
    lines(page, description);
    if (!command.subcommands().isEmpty()) {
      page.append(".SH COMMANDS\n");
      for (CommandLine each : command.subcommands().values()) {
        String[] words = each.getCommandSpec().usageMessage().description();
        item(page, each.getCommandName(), List.of(words[0]));
        page.append("See ").append(text(name + "-" + each.getCommandName())).append("(1).\n");
      }
    }
    page.append(".SH OPTIONS\n");
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      item(page, parameter.paramLabel(), List.of(parameter.description()));
    }
    for (OptionSpec option : command.options()) {
      String label = option.arity().max() > 0 ? " " + option.paramLabel() : "";
      item(page, String.join(", ", option.names()) + label, List.of(option.description()));
    }
    if (!command.subcommands().isEmpty()) {
      page.append(".SH EXIT STATUS\n");
      lines(page, command.usageMessage().footer());
    }
    page.append(".SH SEE ALSO\n.BR nimo-shake (1),\n.BR nimo-shake.conf (5)\n");
    return page.toString();
  }

  private static String configuration(String program) {
    StringBuilder page = new StringBuilder();
    title(page, program + ".conf", "5", "The configuration file of " + program);
    page.append(".SH DESCRIPTION\n");
    lines(
        page,
        "The file has lines of the form key = value. Lines that begin with # are comments. An empty",
        "value is the same as no value.",
        "",
        "The option --set key=value and the environment variable NIMO_SHAKE_KEY override the file.",
        "The variable has the name of the key in upper case, with underscores for dots.");
    for (ConfigSection section : ConfigKeys.SECTIONS) {
      page.append(".SH ").append(text(section.title().toUpperCase(Locale.ROOT))).append('\n');
      for (ConfigKey<?> key : section.keys()) {
        List<String> description = new ArrayList<>(List.of(key.meaning()));
        if (!key.byDefault().isEmpty()) {
          description.add("Default: " + key.byDefault() + ".");
        }
        item(page, key.name(), description);
      }
    }
    page.append(".SH SEE ALSO\n.BR nimo-shake (1)\n");
    return page.toString();
  }

  private static void title(StringBuilder page, String name, String section, String summary) {
    page.append(".TH \"").append(text(name)).append("\" \"").append(section).append("\" \"\" \"");
    page.append(text(Version.line())).append("\"\n.SH NAME\n").append(text(name));
    page.append(" \\- ").append(text(summary)).append('\n');
  }

  private static void item(StringBuilder page, String name, List<String> description) {
    page.append(".TP\n.B ").append(text(name)).append('\n');
    lines(page, description.toArray(String[]::new));
  }

  private static void lines(StringBuilder page, String... lines) {
    for (String line : lines) {
      page.append(line.isEmpty() ? ".PP" : text(line)).append('\n');
    }
  }

  /**
   * A backslash begins an escape in roff, and a dot or a quote at the start of a line a request.
   */
  private static String text(String text) {
    String escaped = text.replace("\\", "\\e").replace("-", "\\-");
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }
}
