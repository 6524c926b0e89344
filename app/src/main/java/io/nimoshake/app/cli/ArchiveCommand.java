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
      "The first sync creates it too, in the background. Use this command when you install the",
      "program, if lib/ cannot be written later or if every start is the first (containers). The",
      "archive fits one build of Java. NIMO_SHAKE_ARCHIVE=off neither creates nor uses one."
    })
final class ArchiveCommand implements Callable<Integer> {
  @Mixin private HelpOption help;

  @Override
  public Integer call() {
    System.err.println("nimo-shake: only the launcher bin/nimo-shake can create the class archive");
    return ExitCode.USAGE;
  }
}
