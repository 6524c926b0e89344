package io.nimoshake.mapping.identity;

import io.nimoshake.mapping.rule.Value;
import java.util.Optional;

/** What is known of the value of one key attribute. */
sealed interface Constraint {
  Constraint ANY = new BeginsWith("");

  /** It is this value. */
  record Exactly(Value value) implements Constraint {}

  /** It is a string that begins so; with an empty prefix it is any value. */
  record BeginsWith(String prefix) implements Constraint {}

  /** Both hold; empty if no value can. */
  static Optional<Constraint> both(Constraint a, Constraint b) {
    if (a.equals(ANY)) {
      return Optional.of(b);
    } else if (b.equals(ANY)) {
      return Optional.of(a);
    } else if (a instanceof Exactly exactly) {
      return b.allows(exactly.value) ? Optional.of(a) : Optional.empty();
    } else if (b instanceof Exactly) {
      return both(b, a);
    }
    String first = ((BeginsWith) a).prefix;
    String second = ((BeginsWith) b).prefix;
    if (first.startsWith(second)) {
      return Optional.of(a);
    }
    return second.startsWith(first) ? Optional.of(b) : Optional.empty();
  }

  private boolean allows(Value value) {
    if (this instanceof Exactly exactly) {
      return exactly.value.equals(value);
    }
    String prefix = ((BeginsWith) this).prefix;
    return prefix.isEmpty() || value instanceof Value.Text text && text.text().startsWith(prefix);
  }

  /** The constraint on what is left of a string without a prefix; empty if some lack the prefix. */
  default Optional<Constraint> without(String strip) {
    if (strip.isEmpty()) {
      return Optional.of(this);
    } else if (this instanceof Exactly exactly) {
      return exactly.value instanceof Value.Text text && text.text().startsWith(strip)
          ? Optional.of(new Exactly(new Value.Text(text.text().substring(strip.length()))))
          : Optional.empty();
    }
    String prefix = ((BeginsWith) this).prefix;
    return prefix.startsWith(strip)
        ? Optional.of(new BeginsWith(prefix.substring(strip.length())))
        : Optional.empty();
  }
}
