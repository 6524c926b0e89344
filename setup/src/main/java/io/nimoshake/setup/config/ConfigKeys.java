package io.nimoshake.setup.config;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The table of all keys. */
public final class ConfigKeys {
  private ConfigKeys() {}

  public static final List<ConfigSection> SECTIONS =
      List.of(
          GeneralKeys.SECTION,
          SourceKeys.SECTION,
          TargetKeys.TARGET,
          SyncKeys.COPY,
          SyncKeys.STREAM,
          TargetKeys.CONVERT,
          TargetKeys.CHECKPOINT,
          OperationKeys.SECTION,
          PriceKeys.SECTION);

  public static final List<ConfigKey<?>> ALL =
      SECTIONS.stream().<ConfigKey<?>>flatMap(section -> section.keys().stream()).toList();

  private static final Map<String, ConfigKey<?>> BY_NAME =
      ALL.stream().collect(Collectors.toUnmodifiableMap(ConfigKey::name, Function.identity()));

  static Optional<ConfigKey<?>> find(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** The key whose name is closest to a mistyped one, if one is close enough. */
  static Optional<String> nearest(String name) {
    int tolerated = Math.max(2, name.length() / 3);
    return ALL.stream()
        .map(ConfigKey::name)
        .filter(known -> distance(known, name) <= tolerated)
        .min(Comparator.comparingInt(known -> distance(known, name)));
  }

  /** Levenshtein distance: the fewest insertions, deletions and replacements of a character. */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(previous[j], row[j - 1]));
      }
      previous = row;
    }
    return previous[b.length()];
  }
}
