package io.nimoshake.setup.config;

import java.util.Locale;
import java.util.Optional;

/**
 * One key of the configuration: everything that is known of it. Parsing, {@code --help}, the sample
 * file and docs/configuration.md are made from this.
 *
 * @param name as it stands in the file
 * @param type how its value is read
 * @param byDefault the text that is assumed where the key is missing or has an empty value; empty
 *     if there is then no value
 * @param goDefault what the Go tool does where the key is missing, if it is something else
 * @param meaning for people, in full sentences
 * @param support whether it does something
 * @param secret whether its value must not be shown
 */
public record ConfigKey<T>(
    String name,
    ValueType<T> type,
    String byDefault,
    Optional<String> goDefault,
    String meaning,
    Support support,
    boolean secret) {

  /** What becomes of a key. */
  public enum Support {
    HONOURED,
    /** Accepted, as the Go tool's files have it, and without effect here. */
    NO_EFFECT,
    /** Known, but not built yet: a value of it is refused. */
    NOT_YET
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

  ConfigKey<T> notYet() {
    return new ConfigKey<>(name, type, byDefault, goDefault, meaning, Support.NOT_YET, secret);
  }

  ConfigKey<T> hidden() {
    return new ConfigKey<>(name, type, byDefault, goDefault, meaning, support, true);
  }

  /** The environment variable that overrides it. */
  public String environmentVariable() {
    return ENVIRONMENT_PREFIX + name.replace('.', '_').toUpperCase(Locale.ROOT);
  }

  /** What the names of all environment variables of keys begin with. */
  static final String ENVIRONMENT_PREFIX = "NIMO_SHAKE_";
}
