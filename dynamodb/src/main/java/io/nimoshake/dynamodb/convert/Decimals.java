package io.nimoshake.dynamodb.convert;

import java.math.BigDecimal;
import java.util.Optional;
import org.bson.types.Decimal128;

/** The exact numbers that Decimal128 values stand for. */
public final class Decimals {
  private Decimals() {}

  /** The number; zero for a negative zero, empty if the value is infinite or not a number. */
  public static Optional<BigDecimal> exact(Decimal128 value) {
    if (!value.isFinite()) {
      return Optional.empty();
    }
    // Without its sign, because a negative zero has no BigDecimal.
    BigDecimal magnitude =
        Decimal128.fromIEEE754BIDEncoding(value.getHigh() & Long.MAX_VALUE, value.getLow())
            .bigDecimalValue();
    return Optional.of(value.isNegative() ? magnitude.negate() : magnitude);
  }
}
