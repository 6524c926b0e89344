package io.nimoshake.app.cli;

import io.nimoshake.app.check.CheckOptions;
import io.nimoshake.app.check.CheckSetup;
import io.nimoshake.app.check.Sides;
import io.nimoshake.app.check.SyncBeside;
import io.nimoshake.app.letter.AcceptedLetters;
import io.nimoshake.app.log.Logging;
import io.nimoshake.app.program.ExitCode;
import io.nimoshake.app.program.Text;
import io.nimoshake.app.replay.Replay;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.Redaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code replay}: writes the items of the dead letter file again. */
@Command(
    name = "replay",
    description = {
      "Writes the items of the dead letter file again, after you have removed the cause.",
      "",
      "Reads each item from the source as it is now and writes it to the target, with the same",
      "conversion as the sync. Items that are still rejected stay in the file. Safe while a sync is",
      "running: what the sync has written meanwhile is never overwritten.",
      "",
      "Exit codes: 0 no item is left, 1 items are left in the file, 2 wrong command line or",
      "configuration, 3 a side does not answer."
    },
    sortOptions = false)
final class ReplayCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ConfigurationOptions configuration;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "The dead letter file. Default: dead_letter.file of the configuration.")
  private Path file;

  @Mixin private HelpOption help;

  @Override
  public Integer call() throws Exception {
    Configuration loaded = configuration.load();
    Logging.startQuiet();
    SyncSetup setup = new SyncSetup(loaded);
    Path path = file == null ? setup.deadLetterFile() : file;
    if (file != null && !Files.exists(file)) {
      throw new ParameterException(spec.commandLine(), "--file: " + file + " does not exist");
    }
    if (file != null && !Files.isRegularFile(file)) {
      throw new ParameterException(spec.commandLine(), "--file: '" + file + "' is no file");
    }
    if (!Files.exists(path)) {
      System.out.println("nothing to replay: " + path + " does not exist");
      return ExitCode.DONE;
    }
    // The file itself is replaced, not a link to it.
    Path real = path.toRealPath();
    boolean ofConfiguration = isSame(real, setup.deadLetterFile());
    Redaction redaction = loaded.redaction();
    CheckSetup check = new CheckSetup(loaded);
    try (Sides sides = check.open(CheckOptions.ALL);
        SyncBeside beside = check.beside()) {
      Replay replay =
          new Replay(
              sides,
              beside,
              setup.tableFilter(),
              Clock.systemUTC(),
              line -> System.out.println(redaction.apply("left: " + line)),
              settled -> {
                if (ofConfiguration) {
                  AcceptedLetters.settle(setup, settled);
                }
              });
      Replay.Summary summary = replay.run(real);
      System.out.println(describe(summary, path));
      return summary.left() == 0 ? ExitCode.DONE : ExitCode.FAILED_TABLES;
    }
  }

  private static boolean isSame(Path file, Path other) throws IOException {
    return Files.exists(other) && Files.isSameFile(file, other);
  }

  private static String describe(Replay.Summary summary, Path path) {
    return String.format(
        "replayed %s: %,d written, %,d deleted, %,d already equal, %,d left in %s",
        Text.count(summary.items(), "dead letter"),
        summary.written(),
        summary.deleted(),
        summary.equal(),
        summary.left(),
        path);
  }
}
