package io.nimoshake.setup.config;

import io.nimoshake.mapping.yaml.NearestName;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Collects the values of the keys from the file, the environment and the command line. A later
 * source overrides an earlier one. Collects problems too, instead of stopping at the first.
 */
final class Settings {
  private final Map<ConfigKey<?>, Setting> byKey = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  void addFile(Path file) throws ConfigurationException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(file + ": there is no such file");
    } catch (CharacterCodingException e) {
      throw new ConfigurationException(file + ": is not a text file in UTF-8");
    } catch (IOException e) {
      throw new ConfigurationException(file + ": cannot be read: " + e.getMessage());
    }
    Map<ConfigKey<?>, Integer> seen = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = (i == 0 ? lines.get(i).replaceFirst("^\uFEFF", "") : lines.get(i)).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        addLine(line, file, i + 1, seen);
      }
    }
  }

  private void addLine(String line, Path file, int number, Map<ConfigKey<?>, Integer> seen) {
    String origin = file + ":" + number;
    int equals = line.indexOf('=');
    if (equals <= 0) {
      problems.add(origin + ": must be key = value, or a comment that begins with #");
      return;
    }
    Optional<ConfigKey<?>> key = known(line.substring(0, equals).strip(), origin);
    if (key.isEmpty()) {
      return;
    }
    Integer earlier = seen.putIfAbsent(key.get(), number);
    if (earlier != null) {
      problems.add(
          origin
              + ": "
              + key.get().name()
              + " is already set in line "
              + earlier
              + ": set it once");
      return;
    }
    put(key.get(), line.substring(equals + 1), origin);
  }

  void addProperties(Map<String, String> properties) {
    String origin = "runtime property";
    properties.forEach(
        (name, value) -> known(name.strip(), origin).ifPresent(key -> put(key, value, origin)));
  }

  /**
   * Uses the variables of keys. Ignores all others: Kubernetes, for example, sets variables with
   * the name of a service.
   */
  void addEnvironment(Map<String, String> environment) {
    Map<String, ConfigKey<?>> keys = new LinkedHashMap<>();
    ConfigKeys.ALL.forEach(key -> keys.put(key.environmentVariable(), key));
    keys.forEach(
        (variable, key) -> {
          if (environment.containsKey(variable)) {
            put(key, environment.get(variable), variable);
          }
        });
  }

  void addOverrides(List<String> overrides) {
    for (String override : overrides) {
      int equals = override.indexOf('=');
      if (equals <= 0) {
        problems.add("--set: must be followed by key=value");
        continue;
      }
      Optional<ConfigKey<?>> key = known(override.substring(0, equals).strip(), "--set");
      if (key.isEmpty()) {
        continue;
      }
      String text = override.substring(equals + 1);
      if (key.get().secret() || Redaction.holdsPassword(text)) {
        problems.add(
            "--set: "
                + key.get().name()
                + " contains a secret, which other users could read in the list of processes: set it"
                + " in the file or in "
                + key.get().environmentVariable());
        continue;
      }
      put(key.get(), text, "--set");
    }
  }

  private Optional<ConfigKey<?>> known(String name, String origin) {
    Optional<ConfigKey<?>> key = ConfigKeys.find(name);
    if (key.isEmpty()) {
      problems.add(
          origin + ": there is no key " + name + NearestName.suggestion(name, ConfigKeys.names()));
    }
    return key;
  }

  /** An empty value counts as no value: files of the Go tool contain many of them. */
  private void put(ConfigKey<?> key, String text, String origin) {
    String value = text.strip();
    if (value.isEmpty()) {
      byKey.remove(key);
    } else {
      byKey.put(key, new Setting(value, origin));
    }
  }

  Map<ConfigKey<?>, Setting> byKey() {
    return byKey;
  }

  List<String> problems() {
    return problems;
  }
}
