package io.nimoshake.app.cli;

import picocli.CommandLine.Option;

/** {@code --help}, the same for every command. */
final class HelpOption {
  @Option(
      names = {"--help", "-help", "-h"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;
}
