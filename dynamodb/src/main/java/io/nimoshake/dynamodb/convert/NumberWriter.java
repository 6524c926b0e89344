package io.nimoshake.dynamodb.convert;

/** Writes numbers to BSON as {@link ConvertOptions} say. */
final class NumberWriter {
  /** Every number of this many digits fits a long. */
  private static final int SHORT_DIGITS = 18;

  /** A double holds every whole number up to here exactly. */
  private static final long EXACT_IN_DOUBLE = 1L << 53;

  private final boolean raw;
  private final boolean doubles;
  private final NumberOverflow overflow;
  private final NumberText number = new NumberText();
  private final BsonBuffer scratch = new BsonBuffer();

  NumberWriter(ConvertOptions options) {
    raw = options.type() == ConvertType.RAW;
    doubles = options.type() == ConvertType.MCHANGE;
    overflow = options.overflow();
  }

  /**
   * Reads the number in the string at the cursor and appends it.
   *
   * @param inKey whether the number is in the key, where different numbers must stay different
   * @return its BSON type
   */
  byte write(JsonCursor in, BsonBuffer out, boolean inKey)
      throws MalformedPageException, BadItemException {
    if (!raw) {
      byte bson = shortNumber(in, out, inKey);
      if (bson != 0) {
        return bson;
      }
    }
    parse(in);
    if (raw) {
      return plain(out);
    }
    if (doubles) {
      return real(out, inKey);
    }
    if (number.isInt64()) {
      return whole(out, number.int64());
    }
    if (number.digitCount() <= NumberText.DECIMAL128_DIGITS) {
      number.putDecimal128(out);
      return BsonBuffer.DECIMAL128;
    }
    return switch (overflow) {
      case STRING -> plain(out);
      case DOUBLE -> real(out, inKey);
      case FAIL ->
          throw new BadItemException(
              "the number has more than 34 digits, which Decimal128 cannot hold");
    };
  }

  private void parse(JsonCursor in) throws MalformedPageException, BadItemException {
    int at = in.pos;
    in.string();
    if (in.tokenEscaped) {
      in.pos = at;
      scratch.pos = 0;
      JsonStrings.copy(in, scratch);
      number.parse(scratch.buf, 0, scratch.pos);
    } else {
      number.parse(in.buf, in.tokenFrom, in.tokenTo);
    }
  }

  /**
   * Handles the common case: few digits, no exponent, no trailing zero in a fraction. Otherwise
   * reads nothing and returns 0.
   */
  private byte shortNumber(JsonCursor in, BsonBuffer out, boolean inKey) {
    byte[] b = in.buf;
    int end = in.end;
    int p = in.pos + 1;
    boolean negative = p < end && b[p] == '-';
    if (negative) {
      p++;
    }
    int from = p;
    long value = 0;
    int point = -1;
    for (; p < end; p++) {
      int d = b[p] - '0';
      if (d >= 0 && d <= 9) {
        value = value * 10 + d;
      } else if (b[p] == '.' && point < 0) {
        point = p;
      } else {
        break;
      }
    }
    int digits = p - from - (point < 0 ? 0 : 1);
    if (p >= end || b[p] != '"' || digits == 0 || digits > SHORT_DIGITS) {
      return 0;
    }
    int scale = point < 0 ? 0 : p - point - 1;
    if (point >= 0 && (scale == 0 || b[p - 1] == '0')) {
      return 0;
    }
    if (doubles && (inKey && digits > NumberText.DOUBLE_DIGITS || value > EXACT_IN_DOUBLE)) {
      return 0;
    }
    in.pos = p + 1;
    value = negative ? -value : value;
    if (doubles) {
      // Both operands are exact, so this one operation rounds correctly.
      double real = scale == 0 ? value : value / NumberText.EXACT_POWERS_OF_10[scale];
      out.putLong(Double.doubleToRawLongBits(real));
      return BsonBuffer.DOUBLE;
    }
    if (scale == 0) {
      return whole(out, value);
    }
    NumberText.putDecimal128(negative, 0, Math.abs(value), -scale, out);
    return BsonBuffer.DECIMAL128;
  }

  private static byte whole(BsonBuffer out, long value) {
    if (value == (int) value) {
      out.putInt((int) value);
      return BsonBuffer.INT32;
    }
    out.putLong(value);
    return BsonBuffer.INT64;
  }

  private byte real(BsonBuffer out, boolean inKey) throws BadItemException {
    if (inKey && !number.isToldApartByDouble()) {
      throw new BadItemException("another key number may have the same double");
    }
    out.putLong(Double.doubleToRawLongBits(number.toDouble()));
    return BsonBuffer.DOUBLE;
  }

  private byte plain(BsonBuffer out) {
    int start = out.beginLength();
    number.putPlain(out);
    out.endString(start);
    return BsonBuffer.STRING;
  }
}
