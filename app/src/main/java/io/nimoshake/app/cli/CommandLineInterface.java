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
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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
    sortOptions = false,
    subcommands = {
      SyncCommand.class,
      ValidateCommand.class,
      PlanCommand.class,
      MapCommand.class,
      CheckCommand.class,
      ReplayCommand.class,
      StatusCommand.class,
      PauseCommand.class,
      ResumeCommand.class,
      LimitsCommand.class,
      CutoverCommand.class,
      ReturnCommand.class,
      DemoCommand.class,
      ArchiveCommand.class,
      CompletionCommand.class,
      ManCommand.class,
      HelpCommand.class
    })
public final class CommandLineInterface implements Callable<Integer> {
  private static final int WIDTH = 100;

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
    CommandLine commandLine = commandLine();
    commandLine.setParameterExceptionHandler(CommandLineInterface::explainUsage);
    commandLine.setExecutionExceptionHandler((e, command, parsed) -> explain(e, command));
    return commandLine.execute(arguments);
  }

  /** All commands with their help. */
  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new CommandLineInterface());
    commandLine.getSubcommands().get("sync").getCommandSpec().usageMessage().footer(helpOnKeys());
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

  private static String[] helpOnKeys() {
    String text = "\nKeys of the configuration, with their defaults:\n" + ConfigDocs.help();
    // Each line is a format to picocli.
    return text.replace("%", "%%").replace("@", "@@").split("\n");
  }

  /** The version for picocli. */
  static final class VersionLine implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {Version.line()};
    }
  }
}
