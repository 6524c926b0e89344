package io.nimoshake.dynamodb.compare;

import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.convert.Decimals;
import io.nimoshake.dynamodb.convert.NumberOverflow;
import java.math.BigDecimal;
import org.bson.types.Decimal128;

/**
 * Decides what a number of the source must be in a document (not used for {@code raw}). Value and
 * type must be right: a whole number that fits 64 bits is an integer of either width, any other
 * number a decimal. Under {@code mchange} every number is the nearest double.
 */
final class NumberRule {
  private static final int DECIMAL128_DIGITS = 34;
  private static final BigDecimal MIN = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal MAX = BigDecimal.valueOf(Long.MAX_VALUE);

  private final boolean doubles;
  private final NumberOverflow overflow;

  NumberRule(ConvertOptions options) {
    doubles = options.type() == ConvertType.MCHANGE;
    overflow = options.overflow();
  }

  /** How BSON holds a number. */
  enum Kind {
    INTEGER,
    DECIMAL,
    DOUBLE,
    TEXT,
    /** The conversion refuses the number. */
    NONE
  }

  Kind kindOf(BigDecimal number) {
    if (doubles) {
      return Kind.DOUBLE;
    }
    BigDecimal n = number.stripTrailingZeros();
    if (n.signum() == 0 || n.scale() <= 0 && n.compareTo(MIN) >= 0 && n.compareTo(MAX) <= 0) {
      return Kind.INTEGER;
    }
    if (n.precision() <= DECIMAL128_DIGITS) {
      return Kind.DECIMAL;
    }
    return switch (overflow) {
      case STRING -> Kind.TEXT;
      case DOUBLE -> Kind.DOUBLE;
      case FAIL -> Kind.NONE;
    };
  }

  boolean isInteger(BigDecimal number, long found) {
    return kindOf(number) == Kind.INTEGER && number.compareTo(BigDecimal.valueOf(found)) == 0;
  }

  boolean isDouble(BigDecimal number, double found) {
    return kindOf(number) == Kind.DOUBLE && number.doubleValue() == found;
  }

  boolean isDecimal(BigDecimal number, Decimal128 found) {
    return kindOf(number) == Kind.DECIMAL
        && Decimals.exact(found).filter(n -> n.compareTo(number) == 0).isPresent();
  }

  boolean isText(BigDecimal number, String found) {
    return kindOf(number) == Kind.TEXT && sameNumber(number, found);
  }

  /** Whether the text is this number, in any spelling. */
  static boolean sameNumber(BigDecimal number, String text) {
    if (text.length() > 200) {
      return false; // no DynamoDB number is that long, and BigDecimal would take long to parse it
    }
    try {
      return new BigDecimal(text).compareTo(number) == 0;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
