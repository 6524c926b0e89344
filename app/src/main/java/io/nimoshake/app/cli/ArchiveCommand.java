package io.nimoshake.app.cli;

import io.nimoshake.app.program.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code archive}: carried out by the launcher, as the archive must exist before Java starts. */
@Command(
    name = "archive",
    description = {
      "Creates the class archive in lib/, so that later starts need half the CPU time.",
      "",
      "Use this command once, when you install the program. The archive fits one build of Java:",
      "create it again after an update of Java. An installation with its own Java has one already.",
      "NIMO_SHAKE_ARCHIVE=off does not use it."
    })
final class ArchiveCommand implements Callable<Integer> {
  @Mixin private HelpOption help;

  @Override
  public Integer call() {
    System.err.println("nimo-shake: only the launcher bin/nimo-shake can create the class archive");
    return ExitCode.USAGE;
  }
}
