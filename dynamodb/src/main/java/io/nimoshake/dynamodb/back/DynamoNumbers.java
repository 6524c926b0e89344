package io.nimoshake.dynamodb.back;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which numbers DynamoDB can hold, and how they are written.
 *
 * @see <a href=
 *     "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html">
 *     Amazon DynamoDB Developer Guide, Data types, Number: 38 digits, 1E-130 to
 *     9.9999999999999999999999999999999999999E+125</a>
 */
final class DynamoNumbers {
  private static final int MOST_DIGITS = 38;
  private static final int LEAST_MAGNITUDE = -130;
  private static final int MOST_MAGNITUDE = 125;

  /** No spelling of a number that DynamoDB returns is longer. */
  private static final int LONGEST_TEXT = 400;

  /** Up to here a number is easier to read without an exponent. */
  private static final int MOST_PLAIN_MAGNITUDE = 40;

  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{1,4})?");

  private DynamoNumbers() {}

  /** The number in one spelling; empty if DynamoDB cannot hold it. */
  static Optional<String> text(BigDecimal number) {
    if (number.signum() == 0) {
      return Optional.of("0");
    }
    BigDecimal bare = number.stripTrailingZeros();
    int magnitude = magnitude(bare);
    if (bare.precision() > MOST_DIGITS
        || magnitude < LEAST_MAGNITUDE
        || magnitude > MOST_MAGNITUDE) {
      return Optional.empty();
    }
    return Optional.of(
        Math.abs(magnitude) <= MOST_PLAIN_MAGNITUDE ? bare.toPlainString() : bare.toString());
  }

  /** The number that a text is; empty if it is none that DynamoDB can hold. */
  static Optional<BigDecimal> parse(String text) {
    if (text.length() > LONGEST_TEXT || !NUMBER.matcher(text).matches()) {
      return Optional.empty();
    }
    BigDecimal number = new BigDecimal(text);
    return text(number).map(fits -> number);
  }

  /**
   * The number whose plain spelling this text is, if Decimal128 cannot hold it: the conversion
   * writes such numbers as strings ({@code convert.number_overflow = string}).
   */
  static Optional<BigDecimal> overflowing(String text) {
    return parse(text)
        .map(BigDecimal::stripTrailingZeros)
        .filter(number -> number.precision() > DECIMAL128_DIGITS)
        .filter(number -> number.toPlainString().equals(text));
  }

  static final int DECIMAL128_DIGITS = 34;

  /** The exponent of the first digit. */
  private static int magnitude(BigDecimal number) {
    return number.precision() - number.scale() - 1;
  }
}
