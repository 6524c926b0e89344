package io.nimoshake.app.cli;

import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ConfigurationException;
import io.nimoshake.setup.config.TargetKeys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that select the configuration. */
final class ConfigurationOptions {
  @Option(
      names = {"--conf", "-conf"},
      paramLabel = "FILE",
      description = "The configuration file, with lines of the form key = value.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Set a key, overriding the file and the environment. May be repeated.")
  private List<String> overrides = new ArrayList<>();

  boolean isEmpty() {
    return file == null && overrides.isEmpty();
  }

  Configuration load() throws ConfigurationException {
    return load(List.of());
  }

  /** The configuration of the tables that an option selects. */
  Configuration load(TableOption tables) throws ConfigurationException {
    return load(tables.overrides());
  }

  /** The same, and whether a mapping with more indexes is accepted. */
  Configuration load(TableOption tables, boolean acceptMapping) throws ConfigurationException {
    List<String> more = new ArrayList<>(tables.overrides());
    if (acceptMapping) {
      more.add(TargetKeys.ACCEPT_MAPPING.name() + "=true");
    }
    return load(more);
  }

  private Configuration load(List<String> more) throws ConfigurationException {
    List<String> all = new ArrayList<>(overrides);
    all.addAll(more);
    return Configuration.load(Optional.ofNullable(file), System.getenv(), all);
  }

  /** The name of the configuration for messages. */
  String describe() {
    return file == null ? "the configuration" : file.toString();
  }
}
