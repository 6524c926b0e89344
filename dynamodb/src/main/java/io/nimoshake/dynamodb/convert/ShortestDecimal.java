package io.nimoshake.dynamodb.convert;

import java.math.BigDecimal;
import java.math.MathContext;

/** The decimal that a double stands for. */
public final class ShortestDecimal {
  /** Every double is told apart from the others by so many digits. */
  private static final int MOST_DIGITS_OF_A_DOUBLE = 17;

  private ShortestDecimal() {}

  /** The shortest decimal that rounds to a finite double. */
  public static BigDecimal of(double value) {
    BigDecimal exact = new BigDecimal(value);
    for (int digits = NumberText.DOUBLE_DIGITS; digits < MOST_DIGITS_OF_A_DOUBLE; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits));
      if (rounded.doubleValue() == value) {
        return rounded;
      }
    }
    return exact.round(new MathContext(MOST_DIGITS_OF_A_DOUBLE));
  }
}
