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

/** A valid configuration: every value was checked, alone and against the other keys. */
public final class Configuration {
  private final Map<ConfigKey<?>, Setting> settings;
  private final Map<ConfigKey<?>, Object> values;

  /** Defaults that depend on another key. */
  private final Map<ConfigKey<?>, String> derived;

  private final Redaction redaction;
  private final Optional<PluginClass> plugin;

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
    this.plugin =
        find(TargetKeys.MAPPING_PLUGIN)
            .map(name -> new PluginClass(name, find(TargetKeys.MAPPING_PLUGIN_DIRECTORY)));
  }

  /**
   * Reads and checks a configuration. The command line overrides the environment, and the
   * environment overrides the file.
   *
   * @param file the file, if there is one
   * @param environment the process's environment; only the variables of keys are used
   * @param overrides from the command line, each of the form {@code key=value}
   * @throws ConfigurationException with every problem, not only the first
   */
  public static Configuration load(
      Optional<Path> file, Map<String, String> environment, List<String> overrides)
      throws ConfigurationException {
    return load(file, Map.of(), environment, overrides);
  }

  /**
   * The same with properties, which override the file.
   *
   * @param properties keys and values that a platform passes to the process
   */
  public static Configuration load(
      Optional<Path> file,
      Map<String, String> properties,
      Map<String, String> environment,
      List<String> overrides)
      throws ConfigurationException {
    Settings settings = new Settings();
    if (file.isPresent()) {
      settings.addFile(file.get());
    }
    settings.addProperties(properties);
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

  /** Defaults that are different for a target that takes items as they are. */
  private static Map<ConfigKey<?>, String> derivedDefaults(Settings settings) {
    Setting type = settings.byKey().get(TargetKeys.TYPE);
    try {
      return type != null && !TargetKeys.TYPE.type().parse(type.text()).converts()
          ? Map.of(TargetKeys.CHECKPOINT_TYPE, "file", TargetKeys.CONVERSION, "same")
          : Map.of();
    } catch (BadValue e) {
      // The loop over all keys reports this problem.
      return Map.of();
    }
  }

  private static Optional<?> parse(ConfigKey<?> key, Setting setting, String byDefault)
      throws BadValue {
    if (setting == null) {
      return byDefault.isEmpty() ? Optional.empty() : Optional.of(key.type().parse(byDefault));
    }
    return Optional.of(key.type().parse(setting.text()));
  }

  /** Sorts problems by their line in the file. Problems without a line come last. */
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

  /** The value of a key, or its default if it is not set; empty if it has no default either. */
  @SuppressWarnings("unchecked")
  public <T> Optional<T> find(ConfigKey<T> key) {
    // The key's own type made the value, so the cast is safe.
    return Optional.ofNullable((T) values.get(key));
  }

  /** The class that maps items, if there is one. */
  public Optional<PluginClass> plugin() {
    return plugin;
  }

  /** The place where a key was set, for messages: {@code file:line: key}, or only the key. */
  String place(ConfigKey<?> key) {
    return isSet(key) ? settings.get(key).origin() + ": " + key.name() : key.name();
  }

  /** Whether the user set the key. */
  public boolean isSet(ConfigKey<?> key) {
    return settings.containsKey(key);
  }

  /** Removes the secrets of this configuration from any text. */
  public Redaction redaction() {
    return redaction;
  }

  /**
   * The values in use, for people: one {@code key = value} each, without secrets. Keys without a
   * value are left out.
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
   * Everything that the user set as environment variables, with secrets, with the text of the
   * mapping file, and with the jars of a plug-in. They are variables from which {@link #load} makes
   * the same configuration in another process, on any machine. Never show this to people.
   */
  public Map<String, String> asEnvironment() {
    Map<String, String> environment = new HashMap<>();
    settings.forEach((key, setting) -> environment.put(key.environmentVariable(), setting.text()));
    find(TargetKeys.MAPPING_FILE)
        .ifPresent(
            file ->
                environment.put(TargetKeys.MAPPING_FILE.environmentVariable(), file.withText()));
    plugin.ifPresent(
        found ->
            environment.put(
                TargetKeys.MAPPING_PLUGIN_DIRECTORY.environmentVariable(), found.withJars()));
    return environment;
  }

  /** The default of a key as text. It may depend on another key. */
  public String defaultOf(ConfigKey<?> key) {
    return derived.getOrDefault(key, key.byDefault());
  }

  /** Keys that are set but have no effect. */
  public List<ConfigKey<?>> withoutEffect() {
    Set<ConfigKey<?>> ofOtherTargets = TargetKeys.notFor(get(TargetKeys.TYPE));
    return ConfigKeys.ALL.stream()
        .filter(key -> key.support() == Support.NO_EFFECT || ofOtherTargets.contains(key))
        .filter(this::isSet)
        .toList();
  }

  /**
   * Whether this is a file of the Go tool: it sets a key that only the Go tool uses, such as {@code
   * conf.version}, which the Go tool requires.
   */
  public boolean isOfGoTool() {
    return settings.keySet().stream().anyMatch(key -> key.support() == Support.NO_EFFECT);
  }

  /** Keys that are not set and whose default differs from that of the Go tool. */
  public List<ConfigKey<?>> otherThanInGo() {
    return ConfigKeys.ALL.stream()
        .filter(key -> key.goDefault().isPresent() && !isSet(key))
        .filter(key -> key.support() == Support.HONOURED)
        .filter(key -> get(TargetKeys.TYPE).converts() || !TargetKeys.OF_MONGODB.contains(key))
        .filter(key -> !defaultOf(key).equals(key.goDefault().get()))
        .toList();
  }
}
