package io.nimoshake.dynamodb.convert;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * A parsed DynamoDB number: sign, significant digits without leading and trailing zeros, exponent.
 * All spellings of a value ({@code 1.0}, {@code 1}, {@code 1E0}) give the same result, and {@code
 * -0} is 0. One object is reused for all numbers.
 *
 * @see <a href=
 *     "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html">
 *     Amazon DynamoDB Developer Guide, Data types, Number: 38 digits, 1E-130 to
 *     9.9999999999999999999999999999999999999E+125</a>
 */
final class NumberText {
  static final int MAX_DIGITS = 38;
  static final int DECIMAL128_DIGITS = 34;
  private static final int MIN_MAGNITUDE = -130;
  private static final int MAX_MAGNITUDE = 125;
  private static final int DECIMAL128_BIAS = 6176;

  /** Two different numbers of at most this many digits never have the same double. */
  static final int DOUBLE_DIGITS = 15;

  private static final int EXPONENT_BOUND = 100_000;
  private static final long[] POWERS_OF_10 = new long[19];

  /** The powers that a double holds exactly. */
  static final double[] EXACT_POWERS_OF_10 = new double[23];

  static {
    long power = 1;
    for (int i = 0; i < POWERS_OF_10.length; i++, power *= 10) {
      POWERS_OF_10[i] = power;
    }
    double exact = 1;
    for (int i = 0; i < EXACT_POWERS_OF_10.length; i++, exact *= 10) {
      EXACT_POWERS_OF_10[i] = exact;
    }
  }

  private final byte[] digits = new byte[MAX_DIGITS];
  private boolean negative;
  private int count;
  private int exponent;

  /** Reads {@code [sign] digits [. digits] [e [sign] digits]}. */
  void parse(byte[] b, int from, int to) throws BadItemException {
    count = 0;
    int p = from;
    negative = p < to && b[p] == '-';
    if (p < to && (b[p] == '-' || b[p] == '+')) {
      p++;
    }
    int zeros = 0;
    int scale = 0;
    boolean point = false;
    boolean any = false;
    for (; p < to; p++) {
      int d = b[p] - '0';
      if (d >= 0 && d <= 9) {
        any = true;
        if (point) {
          scale++;
        }
        if (d != 0) {
          append(zeros, d);
          zeros = 0;
        } else if (count > 0) {
          zeros++;
        }
      } else if (b[p] == '.' && !point) {
        point = true;
      } else {
        break;
      }
    }
    int written = p < to ? exponent(b, p, to) : 0;
    if (!any) {
      throw notANumber();
    }
    if (count == 0) {
      negative = false;
      exponent = 0;
      return;
    }
    exponent = written + zeros - scale;
    int magnitude = exponent + count - 1;
    if (magnitude < MIN_MAGNITUDE || magnitude > MAX_MAGNITUDE) {
      throw new BadItemException("the number is outside the range of DynamoDB");
    }
  }

  private void append(int zerosBefore, int digit) throws BadItemException {
    if (count + zerosBefore >= MAX_DIGITS) {
      throw new BadItemException("the number has more than 38 digits");
    }
    for (int i = 0; i < zerosBefore; i++) {
      digits[count++] = 0;
    }
    digits[count++] = (byte) digit;
  }

  private static int exponent(byte[] b, int from, int to) throws BadItemException {
    int p = from;
    if ((b[p++] | 0x20) != 'e') {
      throw notANumber();
    }
    boolean minus = p < to && b[p] == '-';
    if (p < to && (b[p] == '-' || b[p] == '+')) {
      p++;
    }
    if (p >= to) {
      throw notANumber();
    }
    int value = 0;
    for (; p < to; p++) {
      int d = b[p] - '0';
      if (d < 0 || d > 9) {
        throw notANumber();
      }
      value = Math.min(value * 10 + d, EXPONENT_BOUND);
    }
    return minus ? -value : value;
  }

  private static BadItemException notANumber() {
    return new BadItemException("not a number");
  }

  /** Significant digits; 0 for zero. */
  int digitCount() {
    return count;
  }

  /** Whether the value is a whole number that a signed 64-bit integer holds. */
  boolean isInt64() {
    if (exponent < 0 || count + exponent > 19) {
      return false;
    }
    // At most 19 digits cannot overflow an unsigned long.
    long magnitude = magnitude64();
    return magnitude >= 0 || negative && magnitude == Long.MIN_VALUE;
  }

  /** The value, if {@link #isInt64}. */
  long int64() {
    long magnitude = magnitude64();
    return negative ? -magnitude : magnitude;
  }

  private long magnitude64() {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = value * 10 + digits[i];
    }
    return value * POWERS_OF_10[exponent];
  }

  /**
   * Appends the value as Decimal128; it must have at most {@link #DECIMAL128_DIGITS} digits. A
   * whole number that fits gets the exponent 0; any other number has no trailing zeros.
   *
   * @see <a
   *     href="https://github.com/mongodb/specifications/blob/master/source/bson-decimal128/decimal128.md">
   *     MongoDB specifications, BSON Decimal128: IEEE 754-2008, binary integer decimal encoding</a>
   */
  void putDecimal128(BsonBuffer out) {
    int padding = exponent > 0 && count + exponent <= DECIMAL128_DIGITS ? exponent : 0;
    int total = count + padding;
    int lowDigits = Math.min(total, 17);
    long head = digitsFrom(0, total - lowDigits);
    long tail = digitsFrom(total - lowDigits, total);
    long power = POWERS_OF_10[lowDigits];
    long high = Math.multiplyHigh(head, power);
    long low = head * power + tail;
    if (Long.compareUnsigned(low, tail) < 0) {
      high++;
    }
    putDecimal128(negative, high, low, exponent - padding, out);
  }

  /** Appends a Decimal128. The digits are a number of at most 113 bits in two longs. */
  static void putDecimal128(boolean negative, long high, long low, long exponent, BsonBuffer out) {
    out.putLong(low);
    out.putLong(exponent + DECIMAL128_BIAS << 49 | high | (negative ? Long.MIN_VALUE : 0));
  }

  private long digitsFrom(int from, int to) {
    long value = 0;
    for (int i = from; i < to; i++) {
      value = value * 10 + (i < count ? digits[i] : 0);
    }
    return value;
  }

  /** The nearest double. */
  double toDouble() {
    if (isInt64()) {
      return int64();
    }
    if (count <= DOUBLE_DIGITS && Math.abs(exponent) < EXACT_POWERS_OF_10.length) {
      // Both operands are exact, so this one operation rounds correctly.
      double value = negative ? -digitsFrom(0, count) : digitsFrom(0, count);
      return exponent < 0
          ? value / EXACT_POWERS_OF_10[-exponent]
          : value * EXACT_POWERS_OF_10[exponent];
    }
    return Double.parseDouble(scientific());
  }

  /**
   * Whether a double may stand for this number in a key. True for exactly one number per double:
   * the shortest decimal that rounds to it. So two keys never become the same double.
   */
  boolean isToldApartByDouble() {
    if (count <= DOUBLE_DIGITS) {
      return true;
    }
    double nearest = toDouble();
    BigDecimal exact = new BigDecimal(nearest);
    for (int precision = DOUBLE_DIGITS; precision <= 17; precision++) {
      BigDecimal shortest = exact.round(new MathContext(precision));
      if (shortest.doubleValue() == nearest) {
        return shortest.compareTo(new BigDecimal(scientific())) == 0;
      }
    }
    return false;
  }

  private String scientific() {
    StringBuilder text = new StringBuilder(count + 8);
    if (negative) {
      text.append('-');
    }
    for (int i = 0; i < count; i++) {
      text.append((char) ('0' + digits[i]));
    }
    return text.append('E').append(exponent).toString();
  }

  /** Appends the value without exponent and without superfluous zeros. */
  void putPlain(BsonBuffer out) {
    out.ensure(MAX_MAGNITUDE - MIN_MAGNITUDE + MAX_DIGITS);
    if (count == 0) {
      out.putByte('0');
      return;
    }
    if (negative) {
      out.putByte('-');
    }
    int whole = count + exponent;
    if (whole <= 0) {
      out.putByte('0');
    }
    for (int i = 0; i < whole; i++) {
      out.putByte(i < count ? '0' + digits[i] : '0');
    }
    if (whole < count) {
      out.putByte('.');
    }
    for (int i = whole; i < 0; i++) {
      out.putByte('0');
    }
    for (int i = Math.max(whole, 0); i < count; i++) {
      out.putByte('0' + digits[i]);
    }
  }
}
