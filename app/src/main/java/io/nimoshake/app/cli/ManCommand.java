package io.nimoshake.app.cli;

import io.nimoshake.app.program.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code man}: writes the manual pages. */
@Command(
    name = "man",
    description = {
      "Writes the manual pages into a directory.",
      "",
      "There is a page for each command and one for the configuration file. To read them:",
      "man -M DIR nimo-shake"
    })
final class ManCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "DIR",
      description = "The directory, for example /usr/local/share/man. It gets man1 and man5.")
  private Path directory;

  @Mixin private HelpOption help;

  @Override
  public Integer call() {
    try {
      for (Map.Entry<String, String> page : ManPages.all().entrySet()) {
        String name = page.getKey();
        Path section = directory.resolve("man" + name.charAt(name.length() - 1));
        Files.writeString(Files.createDirectories(section).resolve(name), page.getValue());
      }
    } catch (IOException e) {
      throw new ParameterException(spec.commandLine(), directory + " cannot be written: " + e, e);
    }
    return ExitCode.DONE;
  }
}
