package io.nimoshake.dynamodb.compare;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.Slice;
import io.nimoshake.dynamodb.client.ItemJson;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.types.Decimal128;

/**
 * Compares items with BSON documents. The fast test walks through the item's JSON and the
 * document's bytes side by side; it is fastest when the fields have the item's order. It gives up
 * where a name was escaped, a set has another order or a number has an unusual spelling. {@link
 * DocumentDifferences} then decides.
 */
final class BsonItemComparer implements ItemComparer {
  private static final byte[] ID = "_id".getBytes(StandardCharsets.US_ASCII);
  private static final int KEPT_NAMES = 8192;
  private static final int SHORT_DIGITS = 18;

  private final FieldNames names;
  private final boolean raw;
  private final boolean doubles;
  private final NumberRule numbers;
  private final DocumentDifferences slow;
  private final Map<String, byte[]> fields = new HashMap<>();

  BsonItemComparer(ConvertOptions options) {
    names = options.names();
    raw = options.type() == ConvertType.RAW;
    doubles = options.type() == ConvertType.MCHANGE;
    numbers = new NumberRule(options);
    slow = new DocumentDifferences(options, numbers);
  }

  @Override
  public List<ItemDifference> differences(Slice item, Slice document) {
    return slow.differences(item, document);
  }

  @Override
  public String json(Slice document) {
    return DocumentDifferences.json(document);
  }

  @Override
  public boolean surelyEqual(Slice item, Slice document) {
    if (fields.size() > KEPT_NAMES) {
      fields.clear();
    }
    try (JsonParser in =
        ItemJson.FACTORY.createParser(item.array(), item.offset(), item.length())) {
      return in.nextToken() == JsonToken.START_OBJECT
          && sameMap(in, document.array(), document.offset(), true);
    } catch (IOException e) {
      return false; // differences() reports what is wrong
    }
  }

  /** Starts after START_OBJECT. If both are equal, reads up to END_OBJECT. */
  private boolean sameMap(JsonParser in, byte[] b, int start, boolean top) throws IOException {
    int end = start + Bson.int32(b, start) - 1;
    int p = start + 4;
    int found = 0;
    boolean inOrder = true;
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      byte[] field = field(in.currentName(), top);
      if (field == null) {
        return false;
      }
      if (top && p < end && isNamed(b, p, ID)) {
        p = Bson.afterValue(b, b[p] & 0xFF, Bson.afterName(b, p + 1));
        if (p < 0) {
          return false;
        }
      }
      int at = p < end && isNamed(b, p, field) ? p : search(b, start, field);
      if (at < 0) {
        return false;
      }
      inOrder &= at == p;
      int valueAt = at + 1 + field.length + 1;
      if (!sameValue(in, b, b[at], valueAt)) {
        return false;
      }
      p = Bson.afterValue(b, b[at], valueAt);
      found++;
    }
    if (inOrder && found > 0) {
      return p == end;
    }
    return count(b, start, top) == found;
  }

  private byte[] field(String name, boolean top) {
    byte[] known = fields.get(name);
    if (known != null) {
      return top && Arrays.equals(known, ID) ? null : known;
    }
    String field = top ? names.topLevel(name) : names.nested(name);
    if (!field.equals(name) || name.indexOf('\0') >= 0) {
      return null;
    }
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    fields.put(name, utf8);
    return utf8;
  }

  private static boolean isNamed(byte[] b, int element, byte[] name) {
    int from = element + 1;
    int to = from + name.length;
    return to < b.length && b[to] == 0 && Arrays.equals(b, from, to, name, 0, name.length);
  }

  private static int search(byte[] b, int start, byte[] name) {
    int end = start + Bson.int32(b, start) - 1;
    int p = start + 4;
    while (p < end) {
      if (isNamed(b, p, name)) {
        return p;
      }
      p = Bson.afterValue(b, b[p] & 0xFF, Bson.afterName(b, p + 1));
      if (p < 0) {
        return -1;
      }
    }
    return -1;
  }

  private static int count(byte[] b, int start, boolean top) {
    int end = start + Bson.int32(b, start) - 1;
    int count = 0;
    for (int p = start + 4; p < end; ) {
      if (!(top && isNamed(b, p, ID))) {
        count++;
      }
      p = Bson.afterValue(b, b[p] & 0xFF, Bson.afterName(b, p + 1));
      if (p < 0) {
        return -1;
      }
    }
    return count;
  }

  /** Starts before START_OBJECT of a typed value. If both are equal, reads the whole value. */
  private boolean sameValue(JsonParser in, byte[] b, int type, int at) throws IOException {
    if (in.nextToken() != JsonToken.START_OBJECT || in.nextToken() != JsonToken.FIELD_NAME) {
      return false;
    }
    String dynamo = in.currentName();
    in.nextToken();
    boolean same;
    if (raw) {
      same = type == Bson.DOCUMENT && sameTyped(in, dynamo, b, at);
    } else {
      same = sameContent(in, dynamo, b, type, at);
    }
    return same && in.nextToken() == JsonToken.END_OBJECT;
  }

  /** Under {@code raw} a value is a document with one field, whose name is the type. */
  private boolean sameTyped(JsonParser in, String dynamo, byte[] b, int at) throws IOException {
    byte[] name = field(dynamo, false);
    int end = at + Bson.int32(b, at) - 1;
    int element = at + 4;
    if (name == null || element >= end || !isNamed(b, element, name)) {
      return false;
    }
    int type = b[element];
    int valueAt = element + 1 + name.length + 1;
    if (Bson.afterValue(b, type, valueAt) != end) {
      return false;
    }
    return switch (dynamo) {
      case "N" -> type == Bson.STRING && sameText(in, b, valueAt);
      case "NULL" ->
          type == Bson.BOOLEAN && b[valueAt] == 1 && in.currentToken() == JsonToken.VALUE_TRUE;
      default -> sameContent(in, dynamo, b, type, valueAt);
    };
  }

  private boolean sameContent(JsonParser in, String dynamo, byte[] b, int type, int at)
      throws IOException {
    return switch (dynamo) {
      case "S" -> type == Bson.STRING && sameText(in, b, at);
      case "N" -> sameNumber(in, b, type, at);
      case "B" -> type == Bson.BINARY && sameBytes(in, b, at);
      case "BOOL" ->
          type == Bson.BOOLEAN
              && in.currentToken() == (b[at] == 1 ? JsonToken.VALUE_TRUE : JsonToken.VALUE_FALSE);
      case "NULL" -> type == Bson.NULL && in.currentToken() == JsonToken.VALUE_TRUE;
      case "M" ->
          type == Bson.DOCUMENT
              && in.currentToken() == JsonToken.START_OBJECT
              && sameMap(in, b, at, false);
      case "L", "SS", "NS", "BS" ->
          type == Bson.ARRAY
              && in.currentToken() == JsonToken.START_ARRAY
              && sameList(in, dynamo, b, at);
      default -> false;
    };
  }

  /** Compares element by element. A set in another order is left to {@link DocumentDifferences}. */
  private boolean sameList(JsonParser in, String dynamo, byte[] b, int start) throws IOException {
    int end = start + Bson.int32(b, start) - 1;
    int p = start + 4;
    boolean list = dynamo.equals("L");
    while (p < end) {
      int type = b[p];
      int valueAt = Bson.afterName(b, p + 1);
      boolean same;
      if (list) {
        same = sameValue(in, b, type, valueAt);
      } else {
        same = in.nextToken() == JsonToken.VALUE_STRING && sameMember(in, dynamo, b, type, valueAt);
      }
      if (!same) {
        return false;
      }
      p = Bson.afterValue(b, type, valueAt);
    }
    return in.nextToken() == JsonToken.END_ARRAY;
  }

  private boolean sameMember(JsonParser in, String set, byte[] b, int type, int at)
      throws IOException {
    return switch (set) {
      case "SS" -> type == Bson.STRING && sameText(in, b, at);
      case "BS" -> type == Bson.BINARY && sameBytes(in, b, at);
      default -> raw ? type == Bson.STRING && sameText(in, b, at) : sameNumber(in, b, type, at);
    };
  }

  private static boolean sameBytes(JsonParser in, byte[] b, int at) throws IOException {
    int length = Bson.int32(b, at);
    if (in.currentToken() != JsonToken.VALUE_STRING || b[at + 4] != 0) {
      return false;
    }
    byte[] wanted = in.getBinaryValue();
    return Arrays.equals(wanted, 0, wanted.length, b, at + 5, at + 5 + length);
  }

  private static boolean sameText(JsonParser in, byte[] b, int at) throws IOException {
    if (in.currentToken() != JsonToken.VALUE_STRING) {
      return false;
    }
    char[] text = in.getTextCharacters();
    int from = in.getTextOffset();
    int to = from + in.getTextLength();
    int p = at + 4;
    int end = p + Bson.int32(b, at) - 1;
    int i = from;
    while (i < to && p < end) {
      char c = text[i];
      if (c >= 0x80) {
        byte[] rest = new String(text, i, to - i).getBytes(StandardCharsets.UTF_8);
        return Arrays.equals(rest, 0, rest.length, b, p, end);
      }
      if (b[p] != c) {
        return false;
      }
      i++;
      p++;
    }
    return i == to && p == end;
  }

  private boolean sameNumber(JsonParser in, byte[] b, int type, int at) throws IOException {
    if (in.currentToken() != JsonToken.VALUE_STRING) {
      return false;
    }
    char[] text = in.getTextCharacters();
    int from = in.getTextOffset();
    int length = in.getTextLength();
    if (!doubles && (type == Bson.INT32 || type == Bson.INT64)) {
      long found = type == Bson.INT32 ? Bson.int32(b, at) : Bson.int64(b, at);
      if (isWhole(text, from, length)) {
        return whole(text, from, length) == found;
      }
    }
    BigDecimal number;
    try {
      number = new BigDecimal(text, from, length);
    } catch (NumberFormatException e) {
      return false;
    }
    return switch (type) {
      case Bson.INT32 -> numbers.isInteger(number, Bson.int32(b, at));
      case Bson.INT64 -> numbers.isInteger(number, Bson.int64(b, at));
      case Bson.DOUBLE -> numbers.isDouble(number, Double.longBitsToDouble(Bson.int64(b, at)));
      case Bson.DECIMAL128 ->
          numbers.isDecimal(
              number, Decimal128.fromIEEE754BIDEncoding(Bson.int64(b, at + 8), Bson.int64(b, at)));
      default -> false;
    };
  }

  private static boolean isWhole(char[] text, int from, int length) {
    int first = length > 0 && text[from] == '-' ? from + 1 : from;
    int digits = from + length - first;
    if (digits == 0 || digits > SHORT_DIGITS) {
      return false;
    }
    for (int i = first; i < from + length; i++) {
      if (text[i] < '0' || text[i] > '9') {
        return false;
      }
    }
    return true;
  }

  private static long whole(char[] text, int from, int length) {
    boolean negative = text[from] == '-';
    long value = 0;
    for (int i = negative ? from + 1 : from; i < from + length; i++) {
      value = value * 10 + text[i] - '0';
    }
    return negative ? -value : value;
  }
}
