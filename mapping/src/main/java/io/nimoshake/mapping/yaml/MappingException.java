package io.nimoshake.mapping.yaml;

import java.util.List;

/** A mapping cannot be used. One line for each problem, with its place in the file. */
public final class MappingException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  public MappingException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** One line each. */
  public List<String> problems() {
    return problems;
  }
}
