package io.nimoshake.app.cli;

import picocli.CommandLine.Option;

/** {@code --help}, the same for every command. */
final class HelpOption {
  private static final int LAST = 100;

  @Option(
      names = {"--help", "-help", "-h"},
      usageHelp = true,
      order = HelpOption.LAST,
      description = "Show this help.")
  private boolean help;
}
