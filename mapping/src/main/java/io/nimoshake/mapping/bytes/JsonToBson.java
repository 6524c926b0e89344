package io.nimoshake.mapping.bytes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.mapping.bytes.ValueConverter.Refused;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Set;
import org.bson.io.BasicOutputBuffer;

/**
 * Appends JSON as BSON. It is JSON and nothing more: an object such as {@code {"$oid": "..."}} is
 * an object. Numbers become int32, int64 or Decimal128, as those of items do.
 */
final class JsonToBson {
  private static final int MOST_INT64_DIGITS = 19;

  private final FieldNames names;
  private final JsonFactory factory;

  /**
   * @param factory must refuse an object with a name twice
   */
  JsonToBson(FieldNames names, JsonFactory factory) {
    this.names = names;
    this.factory = factory;
  }

  /**
   * Appends one value.
   *
   * @return its BSON type
   * @throws IOException if the text is not JSON, or more than one value
   * @throws Refused if BSON cannot hold it
   */
  byte append(String text, BasicOutputBuffer out) throws IOException, Refused {
    try (JsonParser in = factory.createParser(text)) {
      JsonToken first = in.nextToken();
      if (first == null) {
        throw new Refused("is empty, which is not JSON");
      }
      byte type = value(in, first, out);
      if (in.nextToken() != null) {
        throw new Refused("is more than one JSON value");
      }
      return type;
    }
  }

  private byte value(JsonParser in, JsonToken token, BasicOutputBuffer out)
      throws IOException, Refused {
    return switch (token) {
      case START_OBJECT -> document(in, out);
      case START_ARRAY -> array(in, out);
      case VALUE_STRING -> {
        out.writeString(in.getText());
        yield Elements.STRING;
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(in.getDecimalValue(), out);
      case VALUE_TRUE, VALUE_FALSE -> {
        out.write(token == JsonToken.VALUE_TRUE ? 1 : 0);
        yield Elements.BOOLEAN;
      }
      case VALUE_NULL -> Elements.NULL;
      default -> throw new Refused("is not JSON");
    };
  }

  private static byte number(BigDecimal number, BasicOutputBuffer out) throws Refused {
    boolean whole = number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
    if (whole && number.precision() - number.scale() <= MOST_INT64_DIGITS) {
      try {
        long value = number.longValueExact();
        if (value == (int) value) {
          out.writeInt32((int) value);
          return Elements.INT32;
        }
        out.writeInt64(value);
        return Elements.INT64;
      } catch (ArithmeticException tooLarge) {
        // A Decimal128 holds it.
      }
    }
    return ValueConverter.decimal(number, out);
  }

  private byte document(JsonParser in, BasicOutputBuffer out) throws IOException, Refused {
    int begin = out.getPosition();
    out.writeInt32(0);
    Set<String> seen = new HashSet<>();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = names.nested(in.currentName());
      if (!seen.add(name)) {
        throw new Refused("has two names that become " + name);
      }
      element(in, name, out);
    }
    ValueConverter.endDocument(begin, out);
    return Elements.DOCUMENT;
  }

  private byte array(JsonParser in, BasicOutputBuffer out) throws IOException, Refused {
    int begin = out.getPosition();
    out.writeInt32(0);
    int index = 0;
    for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
      int typeAt = out.getPosition();
      out.write(0);
      ValueConverter.cstring(Integer.toString(index++), out);
      byte type = value(in, token, out);
      out.getInternalBuffer()[typeAt] = type;
    }
    ValueConverter.endDocument(begin, out);
    return Elements.ARRAY;
  }

  private void element(JsonParser in, String name, BasicOutputBuffer out)
      throws IOException, Refused {
    int typeAt = out.getPosition();
    out.write(0);
    ValueConverter.cstring(name, out);
    byte type = value(in, in.nextToken(), out);
    out.getInternalBuffer()[typeAt] = type;
  }
}
