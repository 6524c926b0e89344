package io.nimoshake.setup.config;

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
          ExportKeys.SECTION,
          SyncKeys.STREAM,
          TargetKeys.CONVERT,
          BackKeys.SECTION,
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

  /** All names, in the order of the sections. */
  static List<String> names() {
    return ALL.stream().map(ConfigKey::name).toList();
  }
}
