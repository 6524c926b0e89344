package io.nimoshake.setup.config;

import io.nimoshake.setup.config.ConfigKey.Support;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;

/** A configuration that can be used: every value was checked, alone and together with others. */
public final class Configuration {
  private final Map<ConfigKey<?>, Setting> settings;
  private final Map<ConfigKey<?>, Object> values;

  /** Defaults that follow from another key. */
  private final Map<ConfigKey<?>, String> derived;

  private final Redaction redaction;

  private Configuration(
      Map<ConfigKey<?>, Setting> settings,
      Map<ConfigKey<?>, Object> values,
      Map<ConfigKey<?>, String> derived) {
    this.settings = Map.copyOf(settings);
    this.derived = Map.copyOf(derived);
    this.values = Map.copyOf(values);
    List<String> secrets = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    settings.forEach((key, setting) -> (key.secret() ? secrets : texts).add(setting.text()));
    this.redaction = Redaction.of(secrets, texts);
  }

  /**
   * Reads and checks a configuration. What is set on the command line goes before the environment,
   * and that before the file.
   *
   * @param file the file, if there is one
   * @param environment the process's environment; {@link ConfigKey#environmentVariable} count
   * @param overrides {@code key=value} each, from the command line
   * @throws ConfigurationException with all that is wrong
   */
  public static Configuration load(
      Optional<Path> file, Map<String, String> environment, List<String> overrides)
      throws ConfigurationException {
    Settings settings = new Settings();
    if (file.isPresent()) {
      settings.addFile(file.get());
    }
    settings.addEnvironment(environment);
    settings.addOverrides(overrides);
    List<String> problems = new ArrayList<>(settings.problems());
    Map<ConfigKey<?>, Object> values = new HashMap<>();
    Map<ConfigKey<?>, String> derived = derivedDefaults(settings);
    for (ConfigKey<?> key : ConfigKeys.ALL) {
      Setting setting = settings.byKey().get(key);
      try {
        parse(key, setting, derived.getOrDefault(key, key.byDefault()))
            .ifPresent(value -> values.put(key, value));
      } catch (BadValue e) {
        problems.add(describe(key, setting) + ": " + e.getMessage());
      }
    }
    Configuration configuration = new Configuration(settings.byKey(), values, derived);
    problems.addAll(CrossChecks.problems(configuration));
    if (!problems.isEmpty()) {
      throw new ConfigurationException(
          problems.stream().map(configuration.redaction::apply).sorted(BY_LINE).toList());
    }
    return configuration;
  }

  /** What a DynamoDB-compatible target makes of defaults. */
  private static Map<ConfigKey<?>, String> derivedDefaults(Settings settings) {
    Setting type = settings.byKey().get(TargetKeys.TYPE);
    try {
      return type != null && TargetKeys.TYPE.type().parse(type.text()).speaksDynamo()
          ? Map.of(TargetKeys.CHECKPOINT_TYPE, "file", TargetKeys.CONVERSION, "same")
          : Map.of();
    } catch (BadValue e) {
      // Told when its turn comes.
      return Map.of();
    }
  }

  private static Optional<?> parse(ConfigKey<?> key, Setting setting, String byDefault)
      throws BadValue {
    if (setting == null) {
      return byDefault.isEmpty() ? Optional.empty() : Optional.of(key.type().parse(byDefault));
    }
    Object value = key.type().parse(setting.text());
    if (key.support() == Support.NOT_YET && !setting.text().equals(key.byDefault())) {
      throw new BadValue("is known but not built yet: leave it out");
    }
    return Optional.of(value);
  }

  /** Problems in the order of the file's lines; what has no line comes last. */
  private static final Comparator<String> BY_LINE =
      Comparator.comparingInt(
          problem -> {
            String[] parts = problem.split(":", 3);
            return parts.length == 3 && parts[1].matches("\\d{1,9}")
                ? Integer.parseInt(parts[1])
                : Integer.MAX_VALUE;
          });

  private static String describe(ConfigKey<?> key, Setting setting) {
    return setting.origin()
        + ": "
        + key.name()
        + " = "
        + (key.secret() ? Redaction.MASK : setting.text());
  }

  /** The value of a key that always has one. */
  public <T> T get(ConfigKey<T> key) {
    return find(key).orElseThrow(() -> new NoSuchElementException(key.name()));
  }

  /** The value of a key, its default where it is not set; empty if it has none either. */
  @SuppressWarnings("unchecked")
  public <T> Optional<T> find(ConfigKey<T> key) {
    // The key's own type made the value.
    return Optional.ofNullable((T) values.get(key));
  }

  /** Where a key was set, for messages: {@code file:line: key}, or only the key. */
  String place(ConfigKey<?> key) {
    return isSet(key) ? settings.get(key).origin() + ": " + key.name() : key.name();
  }

  /** Whether somebody set the key, to whatever value. */
  public boolean isSet(ConfigKey<?> key) {
    return settings.containsKey(key);
  }

  /** Takes this configuration's secrets out of any text. */
  public Redaction redaction() {
    return redaction;
  }

  /**
   * What holds, for people: {@code key = value} each, without secrets; keys without value left out.
   */
  public List<String> effective() {
    List<String> lines = new ArrayList<>();
    for (ConfigKey<?> key : ConfigKeys.ALL) {
      String text = isSet(key) ? settings.get(key).text() : defaultOf(key);
      if (!text.isEmpty() && key.support() == Support.HONOURED) {
        lines.add(key.name() + " = " + (key.secret() ? Redaction.MASK : redaction.apply(text)));
      }
    }
    return lines;
  }

  /**
   * All that is set, secrets included, as the environment that {@link #load} makes the same
   * configuration from: for another process of this sync, and not for people.
   */
  public Map<String, String> asEnvironment() {
    Map<String, String> environment = new HashMap<>();
    settings.forEach((key, setting) -> environment.put(key.environmentVariable(), setting.text()));
    return environment;
  }

  /** The text of a key's default, which may depend on another key. */
  public String defaultOf(ConfigKey<?> key) {
    return derived.getOrDefault(key, key.byDefault());
  }

  /** Keys that are set and do nothing here. */
  public List<ConfigKey<?>> withoutEffect() {
    Set<ConfigKey<?>> ofOtherTargets =
        get(TargetKeys.TYPE).speaksDynamo() ? TargetKeys.OF_MONGODB : TargetKeys.OF_DYNAMODB;
    return ConfigKeys.ALL.stream()
        .filter(key -> key.support() == Support.NO_EFFECT || ofOtherTargets.contains(key))
        .filter(this::isSet)
        .toList();
  }

  /** Keys that are not set and whose default is another than in the Go tool. */
  public List<ConfigKey<?>> otherThanInGo() {
    return ConfigKeys.ALL.stream()
        .filter(key -> key.goDefault().isPresent() && !isSet(key))
        .filter(key -> key.support() == Support.HONOURED)
        .filter(key -> !get(TargetKeys.TYPE).speaksDynamo() || !TargetKeys.OF_MONGODB.contains(key))
        .filter(key -> !defaultOf(key).equals(key.goDefault().get()))
        .toList();
  }
}
