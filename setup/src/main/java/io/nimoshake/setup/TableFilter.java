package io.nimoshake.setup;

import io.nimoshake.mapping.yaml.NearestName;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.GeneralKeys;
import io.nimoshake.setup.config.NamePattern;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which tables of the source are synced.
 *
 * @param included names and patterns; empty: all tables
 * @param excluded names and patterns
 */
public record TableFilter(List<NamePattern> included, List<NamePattern> excluded)
    implements Predicate<String> {
  private static final int NAMED = 5;

  public TableFilter {
    included = List.copyOf(included);
    excluded = List.copyOf(excluded);
  }

  static TableFilter of(Configuration configuration) {
    return new TableFilter(
        configuration.find(GeneralKeys.WHITE_LIST).orElse(List.of()),
        configuration.find(GeneralKeys.BLACK_LIST).orElse(List.of()));
  }

  /** Only these tables: names and patterns. */
  public static TableFilter only(List<NamePattern> included) {
    return new TableFilter(included, List.of());
  }

  @Override
  public boolean test(String table) {
    boolean in = included.isEmpty() || included.stream().anyMatch(name -> name.matches(table));
    return in && excluded.stream().noneMatch(name -> name.matches(table));
  }

  /** The selected ones among these tables, in the same order. */
  public List<String> select(Collection<String> tables) {
    return tables.stream().filter(this).toList();
  }

  /** The tables that are named without wildcards: each must exist. */
  public Set<String> required() {
    return included.stream()
        .filter(NamePattern::isExact)
        .map(NamePattern::text)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Says which required tables do not exist, as a sentence for people; empty if all exist. */
  public Optional<String> missing(Collection<String> existing, String place) {
    List<String> missing =
        required().stream().filter(name -> !existing.contains(name)).sorted().toList();
    if (missing.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        place
            + " has no table "
            + String.join(", ", missing)
            + (missing.size() == 1 ? NearestName.suggestion(missing.get(0), existing) : ""));
  }

  /** Says that no table is selected, and which ones there are, as a sentence for people. */
  public static String nothingSelected(Collection<String> existing) {
    if (existing.isEmpty()) {
      return "the source has no tables";
    }
    String names =
        Stream.concat(
                existing.stream().sorted().limit(NAMED),
                existing.size() > NAMED ? Stream.of("...") : Stream.empty())
            .collect(Collectors.joining(", "));
    return "the filter selects none of the tables of the source: " + names;
  }
}
