package io.nimoshake.setup.config;

import java.util.List;

/** The configuration is not valid. The message has one line for each problem and no secrets. */
public final class ConfigurationException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  public ConfigurationException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  public ConfigurationException(String problem) {
    this(List.of(problem));
  }

  /** One line each. */
  public List<String> problems() {
    return problems;
  }
}
