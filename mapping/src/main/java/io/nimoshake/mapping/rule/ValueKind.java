package io.nimoshake.mapping.rule;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The kinds of value that a condition can ask for. A set is a list, as it is in a document. */
public enum ValueKind {
  STRING,
  NUMBER,
  BINARY,
  BOOL,
  NULL,
  MAP,
  LIST;

  /** The word of the mapping file. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static List<String> words() {
    return Arrays.stream(values()).map(ValueKind::word).toList();
  }
}
