package io.nimoshake.mapping.bytes;

import com.fasterxml.jackson.core.JsonFactory;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.mapping.rule.Conversion;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.bson.io.BasicOutputBuffer;
import org.bson.types.Decimal128;

/**
 * Converts single values. A value is appended to a buffer without its type and name; what is
 * returned is its type. Not safe for use by several threads.
 */
final class ValueConverter {
  /** A value cannot be converted. The message ends a sentence that begins with the value's path. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Optional<String> value;

    Refused(String message) {
      this(message, Optional.empty());
    }

    private Refused(String message, Optional<String> value) {
      super(message, null, false, false);
      this.value = value;
    }

    /**
     * The whole reason.
     *
     * @param value what was not converted
     */
    static Refused because(String reason, String value) {
      return new Refused(reason, Optional.of(value));
    }

    /** Rejects an item for this reason. */
    void reject(Mapping.Placements into) {
      if (value.isPresent()) {
        into.reject(getMessage(), value.get());
      } else {
        into.reject(getMessage());
      }
    }
  }

  private static final int MILLIS_DIGITS = 3;
  private static final int UUID_SUBTYPE = 4;
  private static final int UUID_BYTES = 16;
  private static final int OBJECT_ID_DIGITS = 24;

  private final FieldNames names;
  private final JsonToBson json;
  private final Elements parts = new Elements();

  ValueConverter(FieldNames names, JsonFactory factory) {
    this.names = names;
    this.json = new JsonToBson(names, factory);
  }

  /**
   * Appends the converted value.
   *
   * @param at where the value begins
   * @return the BSON type of what was appended
   * @throws Refused if it cannot be converted; what was appended is then worthless
   */
  byte convert(Conversion to, byte type, byte[] from, int at, BasicOutputBuffer out)
      throws Refused {
    return switch (to) {
      case DATE_EPOCH_SECONDS -> date(number(type, from, at), MILLIS_DIGITS, out);
      case DATE_EPOCH_MILLIS -> date(number(type, from, at), 0, out);
      case DATE_ISO8601 -> iso8601(string(type, from, at), out);
      case OBJECTID -> objectId(string(type, from, at), out);
      case UUID -> uuid(string(type, from, at), out);
      case DECIMAL -> decimal(number(type, from, at), out);
      case INT -> int32(number(type, from, at), out);
      case LONG -> int64(number(type, from, at), out);
      case DOUBLE -> float64(number(type, from, at), out);
      case STRING -> text(type, from, at, out);
      case JSON -> json(string(type, from, at), out);
      case SET_TO_OBJECT -> setToObject(type, from, at, out);
    };
  }

  private static BigDecimal number(byte type, byte[] from, int at) throws Refused {
    Optional<BigDecimal> number = Numbers.ofNumberOrString(type, from, at);
    if (number.isEmpty()) {
      throw new Refused("is not a number");
    }
    return number.get();
  }

  private static String string(byte type, byte[] from, int at) throws Refused {
    if (type != Elements.STRING) {
      throw new Refused("is not a string");
    }
    return Numbers.string(from, at);
  }

  /**
   * Appends a time.
   *
   * @param digits of the fraction that make whole milliseconds
   */
  private static byte date(BigDecimal time, int digits, BasicOutputBuffer out) throws Refused {
    try {
      // A string may have an exponent of nine digits: its zeros must never be written out.
      out.writeInt64(time.scaleByPowerOfTen(digits).longValueExact());
      return Elements.DATE_TIME;
    } catch (ArithmeticException e) {
      throw new Refused("is no time in whole milliseconds");
    }
  }

  private static byte iso8601(String text, BasicOutputBuffer out) throws Refused {
    Instant time;
    try {
      time =
          text.indexOf('T') < 0
              ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
              : OffsetDateTime.parse(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME).toInstant();
    } catch (DateTimeException e) {
      throw new Refused("is no ISO 8601 date, or time with an offset");
    }
    return date(
        BigDecimal.valueOf(time.getEpochSecond())
            .add(BigDecimal.valueOf(time.getNano(), 3 * MILLIS_DIGITS)),
        MILLIS_DIGITS,
        out);
  }

  static byte objectId(String text, BasicOutputBuffer out) throws Refused {
    if (text.length() != OBJECT_ID_DIGITS) {
      throw new Refused("is not 24 lower-case hex digits");
    }
    for (int i = 0; i < text.length(); i += 2) {
      out.write(hex(text, i) << 4 | hex(text, i + 1));
    }
    return Elements.OBJECT_ID;
  }

  static byte uuid(String text, BasicOutputBuffer out) throws Refused {
    String digits = text.replace("-", "");
    boolean shaped =
        digits.length() == 2 * UUID_BYTES
            && text.equals(
                String.join(
                    "-",
                    digits.substring(0, 8),
                    digits.substring(8, 12),
                    digits.substring(12, 16),
                    digits.substring(16, 20),
                    digits.substring(20)));
    if (!shaped) {
      throw new Refused("is not a UUID of lower-case hex digits");
    }
    out.writeInt32(UUID_BYTES);
    out.write(UUID_SUBTYPE);
    for (int i = 0; i < digits.length(); i += 2) {
      out.write(hex(digits, i) << 4 | hex(digits, i + 1));
    }
    return Elements.BINARY;
  }

  /** Upper case is refused: two strings must not become one value. */
  private static int hex(String text, int at) throws Refused {
    char c = text.charAt(at);
    if (c >= '0' && c <= '9') {
      return c - '0';
    } else if (c >= 'a' && c <= 'f') {
      return c - 'a' + 10;
    }
    throw new Refused("has a character that is no lower-case hex digit");
  }

  static byte decimal(BigDecimal number, BasicOutputBuffer out) throws Refused {
    try {
      Decimal128 decimal = new Decimal128(number);
      out.writeInt64(decimal.getLow());
      out.writeInt64(decimal.getHigh());
      return Elements.DECIMAL128;
    } catch (NumberFormatException e) {
      throw new Refused("has more than the 34 digits of a Decimal128");
    }
  }

  private static byte int32(BigDecimal number, BasicOutputBuffer out) throws Refused {
    try {
      out.writeInt32(number.intValueExact());
      return Elements.INT32;
    } catch (ArithmeticException e) {
      throw new Refused("is not a whole number of 32 bits");
    }
  }

  static byte int64(BigDecimal number, BasicOutputBuffer out) throws Refused {
    try {
      out.writeInt64(number.longValueExact());
      return Elements.INT64;
    } catch (ArithmeticException e) {
      throw new Refused("is not a whole number of 64 bits");
    }
  }

  private static byte float64(BigDecimal number, BasicOutputBuffer out) throws Refused {
    double value = number.doubleValue();
    if (!Double.isFinite(value)) {
      throw new Refused("is too large for a double");
    }
    out.writeInt64(Double.doubleToLongBits(value));
    return Elements.DOUBLE;
  }

  private static byte text(byte type, byte[] from, int at, BasicOutputBuffer out) throws Refused {
    String text;
    if (type == Elements.STRING) {
      text = Numbers.string(from, at);
    } else if (type == Elements.BOOLEAN) {
      text = from[at] != 0 ? "true" : "false";
    } else {
      BigDecimal number = number(type, from, at);
      text = (number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros()).toPlainString();
    }
    out.writeString(text);
    return Elements.STRING;
  }

  private byte json(String text, BasicOutputBuffer out) throws Refused {
    try {
      return json.append(text, out);
    } catch (IOException e) {
      throw new Refused("is not JSON that a document can hold");
    }
  }

  private byte setToObject(byte type, byte[] from, int at, BasicOutputBuffer out) throws Refused {
    if (type != Elements.ARRAY) {
      throw new Refused("is not a set of strings");
    }
    parts.read(from, at);
    Set<String> seen = new HashSet<>();
    int begin = out.getPosition();
    out.writeInt32(0);
    for (int i = 0; i < parts.count(); i++) {
      String name = names.nested(string(parts.type(i), from, parts.value(i)));
      if (!seen.add(name)) {
        throw new Refused("has the string " + name + " twice");
      }
      out.write(Elements.BOOLEAN);
      cstring(name, out);
      out.write(1);
    }
    endDocument(begin, out);
    return Elements.DOCUMENT;
  }

  static void cstring(String name, BasicOutputBuffer out) throws Refused {
    if (name.indexOf('\0') >= 0) {
      throw new Refused("has a name with a zero byte");
    }
    out.writeBytes(name.getBytes(StandardCharsets.UTF_8));
    out.write(0);
  }

  /** Writes the final zero of a document and its length where it began. */
  static void endDocument(int begin, BasicOutputBuffer out) {
    out.write(0);
    out.writeInt32(begin, out.getPosition() - begin);
  }
}
