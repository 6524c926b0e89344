package io.nimoshake.setup.config;

import java.util.Locale;
import java.util.Optional;

/**
 * All that is known about one key of the configuration. Parsing, {@code --help}, the sample file
 * and docs/configuration.md are made from it.
 *
 * @param name as it is written in the file
 * @param type how to read its value
 * @param byDefault the text that is used if the key is missing or its value is empty; itself empty
 *     if the key then has no value
 * @param goDefault what the Go tool does without the key, if that is different
 * @param meaning what it does, in full sentences
 * @param support whether it has an effect
 * @param secret whether its value must never be shown
 */
public record ConfigKey<T>(
    String name,
    ValueType<T> type,
    String byDefault,
    Optional<String> goDefault,
    String meaning,
    Support support,
    boolean secret) {

  /** Whether a key has an effect. */
  public enum Support {
    HONOURED,
    /** Accepted because files of the Go tool contain it; has no effect. */
    NO_EFFECT
  }

  static <T> ConfigKey<T> key(String name, ValueType<T> type, String meaning) {
    return new ConfigKey<>(name, type, "", Optional.empty(), meaning, Support.HONOURED, false);
  }

  ConfigKey<T> byDefault(String text) {
    return new ConfigKey<>(name, type, text, goDefault, meaning, support, secret);
  }

  ConfigKey<T> inGo(String text) {
    return new ConfigKey<>(name, type, byDefault, Optional.of(text), meaning, support, secret);
  }

  ConfigKey<T> noEffect() {
    return new ConfigKey<>(name, type, byDefault, goDefault, meaning, Support.NO_EFFECT, secret);
  }

  ConfigKey<T> hidden() {
    return new ConfigKey<>(name, type, byDefault, goDefault, meaning, support, true);
  }

  /** A key is known by its name. What Java makes for a record costs 40 ms at the first use. */
  @Override
  public boolean equals(Object other) {
    return other instanceof ConfigKey<?> key && key.name.equals(name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  /** The environment variable that overrides this key. */
  public String environmentVariable() {
    return ENVIRONMENT_PREFIX + name.replace('.', '_').toUpperCase(Locale.ROOT);
  }

  /** The prefix of all environment variables that override keys. */
  static final String ENVIRONMENT_PREFIX = "NIMO_SHAKE_";
}
