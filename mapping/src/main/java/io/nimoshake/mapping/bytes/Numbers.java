package io.nimoshake.mapping.bytes;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.bson.types.Decimal128;

/** The numbers in BSON values. */
final class Numbers {
  /** DynamoDB's numbers have 38 digits and exponents of three; no string of one is longer. */
  private static final int MOST_CHARACTERS = 400;

  private Numbers() {}

  static boolean isNumber(byte type) {
    return type == Elements.INT32
        || type == Elements.INT64
        || type == Elements.DOUBLE
        || type == Elements.DECIMAL128;
  }

  /** The number; empty if the value is of another type, infinite or not a number. */
  static Optional<BigDecimal> of(byte type, byte[] from, int at) {
    switch (type) {
      case Elements.INT32:
        return Optional.of(BigDecimal.valueOf(Elements.int32(from, at)));
      case Elements.INT64:
        return Optional.of(BigDecimal.valueOf(Elements.int64(from, at)));
      case Elements.DOUBLE:
        double value = Double.longBitsToDouble(Elements.int64(from, at));
        return Double.isFinite(value) ? Optional.of(BigDecimal.valueOf(value)) : Optional.empty();
      case Elements.DECIMAL128:
        Decimal128 decimal =
            Decimal128.fromIEEE754BIDEncoding(
                Elements.int64(from, at + 8), Elements.int64(from, at));
        return decimal.isFinite() ? Optional.of(exact(decimal)) : Optional.empty();
      default:
        return Optional.empty();
    }
  }

  private static BigDecimal exact(Decimal128 decimal) {
    try {
      return decimal.bigDecimalValue();
    } catch (ArithmeticException negativeZero) {
      return BigDecimal.ZERO;
    }
  }

  /** The number, also if a string says it. */
  static Optional<BigDecimal> ofNumberOrString(byte type, byte[] from, int at) {
    if (type != Elements.STRING) {
      return of(type, from, at);
    }
    String text = string(from, at);
    if (text.length() > MOST_CHARACTERS) {
      return Optional.empty();
    }
    try {
      return Optional.of(new BigDecimal(text));
    } catch (NumberFormatException e) {
      // Not a fault: the caller says what becomes of a value that is no number.
      return Optional.empty();
    }
  }

  /** The string value that begins at an offset. */
  static String string(byte[] from, int at) {
    return new String(from, at + 4, Elements.int32(from, at) - 1, StandardCharsets.UTF_8);
  }
}
