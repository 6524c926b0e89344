package io.nimoshake.mapping.rule;

import java.util.Optional;

/** What the {@code _id} of a rule's documents is. It depends on the item's key alone. */
public sealed interface IdRule {
  /** The whole key: the value of the hash key, or a document of hash and range key. */
  record WholeKey() implements IdRule {}

  /**
   * One key attribute. The rule's condition fixes the other one, or there is no other.
   *
   * @param attribute its name
   * @param strip what every value begins with and the {@code _id} does not; may be empty
   * @param as what the rest is converted to; only conversions that keep different strings different
   */
  record OfAttribute(String attribute, String strip, Optional<Conversion> as) implements IdRule {}
}
