package io.nimoshake.app.cli;

import io.nimoshake.setup.config.NamePattern;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --tables}: selects tables by name, the same for every command. */
final class TableOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  private List<NamePattern> patterns = List.of();

  /**
   * Takes the names. Without a name, as with a variable that is not set, the option would mean all
   * tables: that is refused.
   */
  @Option(
      names = "--tables",
      paramLabel = "NAMES",
      description =
          "Only these tables, separated by commas. In a name, * stands for any characters and ? for"
              + " one character. Without this option: all tables of the configuration.")
  void select(String names) {
    patterns = names == null ? List.of() : parse(names);
    if (names != null && patterns.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "--tables: names no table; leave the option out to select all tables of the"
              + " configuration");
    }
  }

  private static List<NamePattern> parse(String names) {
    return Arrays.stream(names.split("[,;]"))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .distinct()
        .map(NamePattern::new)
        .toList();
  }

  boolean isGiven() {
    return !patterns.isEmpty();
  }

  /** The names and patterns; empty if the option is not given. */
  List<NamePattern> patterns() {
    return patterns;
  }

  /** The overrides that make the configuration select these tables only. */
  List<String> overrides() {
    return patterns.isEmpty()
        ? List.of()
        : List.of(
            "filter.collection.white="
                + patterns.stream().map(NamePattern::text).collect(Collectors.joining(";")),
            "filter.collection.black=");
  }
}
