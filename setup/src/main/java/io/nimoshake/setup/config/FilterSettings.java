package io.nimoshake.setup.config;

import io.nimoshake.dynamodb.filter.InvalidFilterException;
import io.nimoshake.dynamodb.source.ReadOptions.Filter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The filter of items, from the keys that describe it. */
public final class FilterSettings {
  private static final Pattern NAME = Pattern.compile("#[A-Za-z0-9_]+");
  private static final Pattern VALUE = Pattern.compile(":[A-Za-z0-9_]+");

  private FilterSettings() {}

  /** The filter; empty if there is none. */
  public static Optional<Filter> of(Configuration configuration) {
    return configuration
        .find(SyncKeys.FILTER_EXPRESSION)
        .map(
            expression ->
                new Filter(
                    expression,
                    names(configuration).stream()
                        .collect(Collectors.toMap(FilterName::placeholder, FilterName::attribute)),
                    values(configuration).stream()
                        .collect(
                            Collectors.toMap(FilterValue::placeholder, FilterValue::attribute)),
                    configuration.get(SyncKeys.FILTER_STREAM)));
  }

  private static List<FilterName> names(Configuration configuration) {
    return configuration.find(SyncKeys.FILTER_NAMES).orElse(List.of());
  }

  private static List<FilterValue> values(Configuration configuration) {
    return configuration.find(SyncKeys.FILTER_VALUES).orElse(List.of());
  }

  /** What is wrong with the keys together. Each value alone is already checked. */
  static List<String> problems(Configuration configuration) {
    List<ConfigKey<?>> parts = List.of(SyncKeys.FILTER_NAMES, SyncKeys.FILTER_VALUES);
    List<String> problems = new ArrayList<>();
    if (!configuration.isSet(SyncKeys.FILTER_EXPRESSION)) {
      for (ConfigKey<?> part : parts) {
        if (configuration.find(part).isPresent()) {
          problems.add(
              configuration.place(part)
                  + ": "
                  + SyncKeys.FILTER_EXPRESSION.name()
                  + " must be set too");
        }
      }
      return problems;
    }
    for (ConfigKey<?> part : parts) {
      if (configuration.isSet(part) && configuration.find(part).isEmpty()) {
        // Its value is wrong, and that is already reported.
        return problems;
      }
    }
    Filter filter = of(configuration).orElseThrow();
    problems.addAll(
        placeholders(
            configuration, NAME, filter.names(), SyncKeys.FILTER_NAMES, "a name", "no name"));
    problems.addAll(
        placeholders(
            configuration, VALUE, filter.values(), SyncKeys.FILTER_VALUES, "a value", "no value"));
    if (problems.isEmpty()) {
      try {
        filter.parse();
      } catch (InvalidFilterException e) {
        problems.add(configuration.place(SyncKeys.FILTER_EXPRESSION) + ": " + e.getMessage());
      }
    }
    return problems;
  }

  /** Compares the placeholders of the expression with those that are given. */
  private static List<String> placeholders(
      Configuration configuration,
      Pattern form,
      Map<String, ?> given,
      ConfigKey<?> key,
      String one,
      String none) {
    Set<String> missing = new TreeSet<>(used(configuration, form));
    List<String> problems = new ArrayList<>();
    for (String placeholder : new TreeSet<>(given.keySet())) {
      if (!missing.remove(placeholder)) {
        problems.add(
            configuration.place(key)
                + ": has "
                + one
                + " for "
                + placeholder
                + ", but full.read.filter_expression does not use it");
      }
    }
    for (String placeholder : missing) {
      problems.add(
          configuration.place(SyncKeys.FILTER_EXPRESSION)
              + ": uses "
              + placeholder
              + ", but "
              + key.name()
              + " has "
              + none
              + " for it");
    }
    return problems;
  }

  private static Collection<String> used(Configuration configuration, Pattern form) {
    return form.matcher(configuration.get(SyncKeys.FILTER_EXPRESSION))
        .results()
        .map(found -> found.group())
        .toList();
  }
}
