package io.nimoshake.mapping.identity;

import io.nimoshake.mapping.rule.Value;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Numbers that become strings: those of more than 34 digits, which no number type of MongoDB can
 * hold ({@code convert.number_overflow = string}). So a key that is a number may give the same id
 * as a key that is a string.
 */
final class LongNumbers {
  private static final int DIGITS_OF_A_NUMBER = 34;

  /** DynamoDB's numbers have no more. */
  private static final int MOST_DIGITS = 38;

  /** How a number may begin. */
  private static final Pattern BEGINNING = Pattern.compile("-?(0|[1-9]\\d*)?(\\.\\d*)?");

  private LongNumbers() {}

  /**
   * A text that can be both: such a number, and a string.
   *
   * @param number what is known of the number
   * @param string what is known of the string
   */
  static Optional<Constraint.Exactly> both(Constraint number, Constraint string) {
    Optional<String> text =
        number instanceof Constraint.Exactly exactly
            ? Optional.of(ExampleKey.text(exactly.value()))
            : text(string);
    return text.filter(LongNumbers::isLong)
        .map(found -> new Constraint.Exactly(new Value.Text(found)))
        .filter(found -> Constraint.both(found, string).isPresent());
  }

  /** A long number that the string can be. */
  private static Optional<String> text(Constraint string) {
    if (string instanceof Constraint.Exactly exactly) {
      return exactly.value() instanceof Value.Text text
          ? Optional.of(text.text())
          : Optional.empty();
    }
    String prefix = ((Constraint.BeginsWith) string).prefix();
    if (!BEGINNING.matcher(prefix).matches()) {
      return Optional.empty();
    }
    String begun = prefix.equals("0") || prefix.equals("-0") ? prefix + "." : prefix;
    long digits = begun.chars().filter(Character::isDigit).count();
    return Optional.of(begun + "1".repeat((int) Math.max(0, MOST_DIGITS - digits)));
  }

  private static boolean isLong(String text) {
    try {
      int digits = new BigDecimal(text).stripTrailingZeros().precision();
      return digits > DIGITS_OF_A_NUMBER && digits <= MOST_DIGITS;
    } catch (NumberFormatException e) {
      // Not a fault: most strings are no numbers.
      return false;
    }
  }
}
