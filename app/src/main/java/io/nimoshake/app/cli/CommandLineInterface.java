package io.nimoshake.app.cli;

import io.nimoshake.app.program.ExitCode;
import io.nimoshake.app.program.Version;
import io.nimoshake.app.remote.NoSuchSyncException;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.config.ConfigDocs;
import io.nimoshake.setup.config.ConfigurationException;
import io.nimoshake.setup.config.Redaction;
import io.nimoshake.testkit.server.MissingServerException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The commands and their options. Turns every failure into an exit code and one clear line. */
@Command(
    name = "nimo-shake",
    description = {
      "Copies DynamoDB tables to MongoDB and keeps the copy current from DynamoDB Streams, until"
          + " you cut over.",
      ""
    },
    synopsisHeading = "",
    customSynopsis = {
      "nimo-shake -conf=FILE           copy and follow, as FILE says",
      "nimo-shake sync --conf FILE     the same",
      "nimo-shake sync --help          every key of the configuration",
      "nimo-shake COMMAND --help       the options of a command",
      "nimo-shake demo                 see it work on sample data, without AWS and MongoDB",
      ""
    },
    optionListHeading = "Options:%n",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Exit codes: 0 done, 1 finished, but tables failed, items were rejected or both sides differ,",
      "2 wrong command line or configuration, 3 could not continue."
    },
    versionProvider = CommandLineInterface.VersionLine.class,
    sortOptions = false)
public final class CommandLineInterface implements Callable<Integer> {
  private static final int WIDTH = 100;

  /** The commands by their names, in the order of the help. */
  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("sync", SyncCommand.class);
    COMMANDS.put("validate", ValidateCommand.class);
    COMMANDS.put("plan", PlanCommand.class);
    COMMANDS.put("map", MapCommand.class);
    COMMANDS.put("check", CheckCommand.class);
    COMMANDS.put("replay", ReplayCommand.class);
    COMMANDS.put("status", StatusCommand.class);
    COMMANDS.put("pause", PauseCommand.class);
    COMMANDS.put("resume", ResumeCommand.class);
    COMMANDS.put("limits", LimitsCommand.class);
    COMMANDS.put("cutover", CutoverCommand.class);
    COMMANDS.put("return", ReturnCommand.class);
    COMMANDS.put("demo", DemoCommand.class);
    COMMANDS.put("archive", ArchiveCommand.class);
    COMMANDS.put("completion", CompletionCommand.class);
    COMMANDS.put("man", ManCommand.class);
    COMMANDS.put("help", HelpCommand.class);
  }

  @Spec private CommandSpec spec;

  @Mixin private ConfigurationOptions configuration;

  @Mixin private HelpOption help;

  @Option(
      names = {"--version", "-version", "-V"},
      versionHelp = true,
      description = "Show the version.")
  private boolean version;

  /** Runs a command to its end. Returns the exit code. */
  public static int run(String[] arguments) {
    CommandLine commandLine = commandLine(needed(arguments));
    commandLine.setParameterExceptionHandler(CommandLineInterface::explainUsage);
    commandLine.setExecutionExceptionHandler((e, command, parsed) -> explain(e, command));
    return commandLine.execute(arguments);
  }

  /**
   * The commands that a command line can mean. To make all of them costs a tenth of a second, so it
   * is only done where they may be listed.
   */
  private static Set<String> needed(String[] arguments) {
    String first = arguments.length == 0 ? "" : arguments[0];
    if (COMMANDS.containsKey(first) && !first.equals("help")) {
      return Set.of(first);
    }
    boolean isOfGoTool = arguments.length == 1 && first.startsWith("-conf=");
    return isOfGoTool ? Set.of() : COMMANDS.keySet();
  }

  /** All commands with their help. */
  public static CommandLine commandLine() {
    return commandLine(COMMANDS.keySet());
  }

  private static CommandLine commandLine(Set<String> commands) {
    CommandLine commandLine = new CommandLine(new CommandLineInterface());
    for (Map.Entry<String, Class<?>> command : COMMANDS.entrySet()) {
      if (commands.contains(command.getKey())) {
        commandLine.addSubcommand(command.getKey(), command.getValue());
      }
    }
    if (commands.contains("sync")) {
      commandLine
          .getSubcommands()
          .get("sync")
          .getHelpSectionMap()
          .put(UsageMessageSpec.SECTION_KEY_FOOTER, help -> helpOnKeys());
    }
    commandLine.setUsageHelpWidth(WIDTH);
    return commandLine;
  }

  @Override
  public Integer call() throws Exception {
    if (configuration.isEmpty()) {
      spec.commandLine().usage(spec.commandLine().getErr());
      return ExitCode.USAGE;
    }
    return SyncCommand.run(configuration.load());
  }

  private static int explainUsage(ParameterException e, String[] arguments) {
    PrintWriter err = e.getCommandLine().getErr();
    err.println("nimo-shake: " + e.getMessage().lines().findFirst().orElse(""));
    if (!UnmatchedArgumentException.printSuggestions(e, err)) {
      err.println("See " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    }
    return ExitCode.USAGE;
  }

  private static int explain(Exception e, CommandLine command) {
    if (e instanceof ConfigurationException wrong) {
      wrong.problems().forEach(problem -> say(command, problem));
      return ExitCode.USAGE;
    }
    if (e instanceof StartUpException start) {
      say(command, e.getMessage());
      return start.isRefusal() ? ExitCode.USAGE : ExitCode.FATAL;
    }
    if (e instanceof ParameterException usage) {
      return explainUsage(usage, new String[0]);
    }
    if (e instanceof Fault
        || e instanceof MissingServerException
        || e instanceof NoSuchSyncException) {
      say(command, e.getMessage());
      return ExitCode.FATAL;
    }
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace));
    say(command, "unexpected failure, this is a bug: " + trace);
    return ExitCode.FATAL;
  }

  private static void say(CommandLine command, String problem) {
    command.getErr().println("nimo-shake: " + Redaction.NOTHING_KNOWN.apply(problem));
  }

  private static String helpOnKeys() {
    return "\nKeys of the configuration, with their defaults:\n" + ConfigDocs.help() + "\n";
  }

  /** The version for picocli. */
  static final class VersionLine implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {Version.line()};
    }
  }
}
