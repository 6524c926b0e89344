package io.nimoshake.mapping.rule;

import com.google.re2j.Pattern;
import java.util.List;

/**
 * What a condition asks of one attribute. An attribute that is absent passes only {@code
 * Exists(false)}.
 */
public sealed interface Test {
  /** It is this value. */
  record Equal(Value value) implements Test {}

  /** It is one of these values. */
  record In(List<Value> values) implements Test {
    public In {
      values = List.copyOf(values);
    }
  }

  /** It is a string that begins so. */
  record BeginsWith(String prefix) implements Test {}

  /** It is there, or it is not. */
  record Exists(boolean there) implements Test {}

  /** It is of this kind. */
  record OfKind(ValueKind kind) implements Test {}

  /**
   * It is a string in which the pattern is found. RE2 takes time linear in the length of the
   * string, whatever the pattern.
   */
  record Matches(Pattern pattern) implements Test {}

  /** It is of the kind of the bound, a string or a number, and is on this side of it. */
  record Compare(Comparison comparison, Value bound) implements Test {}

  /** A side of a bound. Strings are ordered by their UTF-8 bytes, as DynamoDB orders them. */
  enum Comparison {
    LT,
    LE,
    GT,
    GE;

    /**
     * @param order of the value and the bound: negative if the value is less
     */
    public boolean holds(int order) {
      return switch (this) {
        case LT -> order < 0;
        case LE -> order <= 0;
        case GT -> order > 0;
        case GE -> order >= 0;
      };
    }
  }
}
