package io.nimoshake.app.cli;

import picocli.CommandLine.Option;

/** {@code --help}, as every command has it. */
final class HelpOption {
  @Option(
      names = {"--help", "-help", "-h"},
      usageHelp = true,
      description = "Show this.")
  private boolean help;
}
