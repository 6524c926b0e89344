package io.nimoshake.app.cli;

import io.nimoshake.setup.config.NamePattern;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** {@code --tables}: selects tables by name, the same for every command. */
final class TableOption {
  @Option(
      names = "--tables",
      paramLabel = "NAMES",
      description =
          "Only these tables, separated by commas. In a name, * stands for any characters and ? for"
              + " one character. Without this option: all tables of the configuration.")
  private String names;

  boolean isGiven() {
    return names != null;
  }

  /** The names and patterns; empty if the option is not given. */
  List<NamePattern> patterns() {
    return names == null
        ? List.of()
        : Arrays.stream(names.split("[,;]"))
            .map(String::strip)
            .filter(name -> !name.isEmpty())
            .distinct()
            .map(NamePattern::new)
            .toList();
  }

  /** The overrides that make the configuration select these tables only. */
  List<String> overrides() {
    return names == null
        ? List.of()
        : List.of(
            "filter.collection.white="
                + patterns().stream().map(NamePattern::text).collect(Collectors.joining(";")),
            "filter.collection.black=");
  }
}
