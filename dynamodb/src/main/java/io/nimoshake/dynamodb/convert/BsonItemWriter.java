package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Items to BSON: {@link ConvertType#CHANGE}, {@link ConvertType#MCHANGE}, {@link ConvertType#RAW}.
 */
final class BsonItemWriter implements ItemWriter {
  /**
   * MongoDB takes no larger document.
   *
   * @see <a href="https://www.mongodb.com/docs/manual/reference/limits/">MongoDB Manual, Limits,
   *     BSON Document Size</a>
   */
  private static final int MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

  /** Whole numbers of at most this many digits are read without a look at their size. */
  private static final int SAFE_DIGITS = 18;

  private static final byte[][] INDEXES = new byte[256][];

  static {
    for (int i = 0; i < INDEXES.length; i++) {
      INDEXES[i] = (i + "\0").getBytes(StandardCharsets.US_ASCII);
    }
  }

  private final boolean raw;
  private final boolean doubles;
  private final NumberOverflow overflow;
  private final Trail trail;
  private final List<KeyAttribute> key;
  private final NumberText number = new NumberText();
  private final BsonBuffer scratch = new BsonBuffer();
  private final int[] keyFrom;
  private final int[] keyTo;
  private boolean inKey;
  private boolean image;

  BsonItemWriter(TableSchema schema, ConvertOptions options) {
    raw = options.type() == ConvertType.RAW;
    doubles = options.type() == ConvertType.MCHANGE;
    overflow = options.overflow();
    key = schema.key();
    keyFrom = new int[key.size()];
    keyTo = new int[key.size()];
    List<String> keyNames = key.stream().map(KeyAttribute::name).toList();
    trail = new Trail(new NameTable(options.names(), keyNames, false));
  }

  @Override
  public int item(JsonCursor in, BsonBuffer out, boolean image)
      throws MalformedPageException, BadItemException {
    this.image = image;
    int start = out.pos;
    try {
      trail.start();
      inKey = false;
      Arrays.fill(keyFrom, -1);
      document(in, out, 0, -1);
      int end = out.pos;
      if (end - start > MAX_DOCUMENT_BYTES) {
        throw new BadItemException("a document of more than 16 MB");
      }
      appendKey(out);
      return end;
    } catch (BadItemException e) {
      throw trail.locate(e);
    }
  }

  @Override
  public void key(JsonCursor in, BsonBuffer out) throws MalformedPageException, BadItemException {
    int start = out.pos;
    int end = item(in, out, false);
    int length = out.pos - end;
    if (length != end - start) {
      throw new BadItemException("a key with attributes that are not of the key");
    }
    // the two differ in order at most
    System.arraycopy(out.buf, end, out.buf, start, length);
    out.pos = start + length;
  }

  private void appendKey(BsonBuffer out) throws BadItemException {
    int start = out.beginLength();
    for (int i = 0; i < keyFrom.length; i++) {
      if (keyFrom[i] < 0) {
        throw new BadItemException("the key attribute " + key.get(i).name() + " is missing");
      }
      out.putBytes(out.buf, keyFrom[i], keyTo[i] - keyFrom[i]);
    }
    out.endDocument(start);
  }

  private void document(JsonCursor in, BsonBuffer out, int level, int parent)
      throws MalformedPageException, BadItemException {
    int start = out.beginLength();
    int mark = trail.beginMap();
    int previous = -1;
    if (in.enter('{', '}')) {
      do {
        int id = trail.name(in, level, parent, previous);
        previous = id;
        byte[] field = trail.names.field(id);
        int at = out.pos;
        out.ensure(field.length + 2);
        System.arraycopy(field, 0, out.buf, at + 1, field.length);
        out.buf[at + 1 + field.length] = 0;
        out.pos = at + field.length + 2;
        if (level == 0 && id < keyFrom.length) {
          inKey = true;
          keyValue(in, out, at, id);
          inKey = false;
        } else {
          value(in, out, at, level, id);
        }
      } while (in.more('}'));
    }
    trail.endMap(mark, level);
    out.endDocument(start);
  }

  private void keyValue(JsonCursor in, BsonBuffer out, int at, int id)
      throws MalformedPageException, BadItemException {
    int type = value(in, out, at, 0, id);
    int wanted =
        switch (key.get(id).type()) {
          case S -> ValueType.S;
          case N -> ValueType.N;
          case B -> ValueType.B;
        };
    if (type != wanted) {
      trail.atTopLevel();
      throw new BadItemException("a key attribute that is not of type " + key.get(id).type());
    }
    keyFrom[id] = at;
    keyTo[id] = out.pos;
  }

  /** Reads a typed value; its BSON type goes to {@code at}. Returns its DynamoDB type. */
  private int value(JsonCursor in, BsonBuffer out, int at, int level, int parent)
      throws MalformedPageException, BadItemException {
    int found = ValueType.open(in, image);
    int type = found == ValueType.UNTYPED ? ValueType.M : found;
    if (raw) {
      int start = out.beginLength();
      int inner = out.pos;
      out.putByte(0);
      for (int shift = 24; shift >= 0; shift -= 8) {
        if (type >>> shift != 0) {
          out.putByte(type >>> shift);
        }
      }
      out.putByte(0);
      byte bson = content(in, out, found, level, parent);
      out.buf[inner] = bson;
      out.endDocument(start);
      out.buf[at] = BsonBuffer.DOCUMENT;
    } else {
      byte bson = content(in, out, found, level, parent);
      out.buf[at] = bson;
    }
    if (found != ValueType.UNTYPED) {
      ValueType.close(in);
    }
    return type;
  }

  private byte content(JsonCursor in, BsonBuffer out, int type, int level, int parent)
      throws MalformedPageException, BadItemException {
    switch (type) {
      case ValueType.S, ValueType.N, ValueType.B:
        return scalar(in, out, type);
      case ValueType.BOOL:
        out.putByte(ValueType.bool(in) ? 1 : 0);
        return BsonBuffer.BOOLEAN;
      case ValueType.NULL:
        ValueType.isNull(in);
        if (!raw) {
          return BsonBuffer.NULL;
        }
        out.putByte(1);
        return BsonBuffer.BOOLEAN;
      case ValueType.M:
        ValueType.require(in, '{');
        document(in, out, Trail.deeper(level), parent);
        return BsonBuffer.DOCUMENT;
      case ValueType.UNTYPED:
        out.endDocument(out.beginLength());
        return BsonBuffer.DOCUMENT;
      case ValueType.L:
        list(in, out, Trail.deeper(level), parent);
        return BsonBuffer.ARRAY;
      case ValueType.SS:
        set(in, out, ValueType.S, level);
        return BsonBuffer.ARRAY;
      case ValueType.NS:
        set(in, out, ValueType.N, level);
        return BsonBuffer.ARRAY;
      case ValueType.BS:
        set(in, out, ValueType.B, level);
        return BsonBuffer.ARRAY;
      default:
        throw ValueType.unknown();
    }
  }

  private void list(JsonCursor in, BsonBuffer out, int level, int parent)
      throws MalformedPageException, BadItemException {
    ValueType.require(in, '[');
    int start = out.beginLength();
    if (in.enter('[', ']')) {
      int index = 0;
      do {
        trail.index(level, index);
        int at = element(out, index++);
        value(in, out, at, level, parent);
      } while (in.more(']'));
    }
    out.endDocument(start);
  }

  private void set(JsonCursor in, BsonBuffer out, int type, int level)
      throws MalformedPageException, BadItemException {
    ValueType.require(in, '[');
    int start = out.beginLength();
    if (in.enter('[', ']')) {
      int index = 0;
      do {
        trail.index(level + 1, index);
        int at = element(out, index++);
        byte bson = scalar(in, out, type);
        out.buf[at] = bson;
      } while (in.more(']'));
    }
    out.endDocument(start);
  }

  /** Appends room for a type and an index as name; returns where the type goes. */
  private static int element(BsonBuffer out, int index) {
    int at = out.pos;
    byte[] name =
        index < INDEXES.length
            ? INDEXES[index]
            : (index + "\0").getBytes(StandardCharsets.US_ASCII);
    out.putByte(0);
    out.putBytes(name);
    return at;
  }

  private byte scalar(JsonCursor in, BsonBuffer out, int type)
      throws MalformedPageException, BadItemException {
    ValueType.require(in, '"');
    switch (type) {
      case ValueType.S:
        int start = out.beginLength();
        JsonStrings.copy(in, out);
        endString(out, start);
        return BsonBuffer.STRING;
      case ValueType.B:
        binary(in, out);
        return BsonBuffer.BINARY;
      default:
        return number(in, out);
    }
  }

  private static void endString(BsonBuffer out, int start) {
    out.putByte(0);
    out.setInt(start, out.pos - start - 4);
  }

  private void binary(JsonCursor in, BsonBuffer out)
      throws MalformedPageException, BadItemException {
    int start = out.beginLength();
    out.putByte(0);
    int at = in.pos;
    in.string();
    if (in.tokenEscaped) {
      unescape(in, at);
      Base64Text.decode(scratch.buf, 0, scratch.pos, out);
    } else {
      Base64Text.decode(in.buf, in.tokenFrom, in.tokenTo, out);
    }
    out.setInt(start, out.pos - start - 5);
  }

  private void unescape(JsonCursor in, int at) throws MalformedPageException, BadItemException {
    in.pos = at;
    scratch.pos = 0;
    JsonStrings.copy(in, scratch);
  }

  private byte number(JsonCursor in, BsonBuffer out)
      throws MalformedPageException, BadItemException {
    if (!raw) {
      byte bson = shortWhole(in, out);
      if (bson != 0) {
        return bson;
      }
    }
    int at = in.pos;
    in.string();
    if (in.tokenEscaped) {
      unescape(in, at);
      number.parse(scratch.buf, 0, scratch.pos);
    } else {
      number.parse(in.buf, in.tokenFrom, in.tokenTo);
    }
    if (raw) {
      return plain(out);
    }
    if (doubles) {
      return real(out);
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
      case DOUBLE -> real(out);
      case FAIL ->
          throw new BadItemException(
              "a number of more than 34 digits, which Decimal128 cannot hold");
    };
  }

  /**
   * The common case: a whole number of few digits. Returns 0, having read nothing, if it is not.
   */
  private byte shortWhole(JsonCursor in, BsonBuffer out) {
    byte[] b = in.buf;
    int p = in.pos + 1;
    int last = Math.min(in.end - 1, p + SAFE_DIGITS + 1);
    boolean negative = p < last && b[p] == '-';
    int from = negative ? p + 1 : p;
    int q = from;
    long value = 0;
    while (q < last) {
      int d = b[q] - '0';
      if (d < 0 || d > 9) {
        break;
      }
      value = value * 10 + d;
      q++;
    }
    if (q == from || q - from > SAFE_DIGITS || q >= in.end || b[q] != '"') {
      return 0;
    }
    if (doubles && inKey && q - from > NumberText.DOUBLE_DIGITS) {
      return 0;
    }
    in.pos = q + 1;
    value = negative ? -value : value;
    if (doubles) {
      out.putLong(Double.doubleToRawLongBits((double) value));
      return BsonBuffer.DOUBLE;
    }
    return whole(out, value);
  }

  private static byte whole(BsonBuffer out, long value) {
    if (value == (int) value) {
      out.putInt((int) value);
      return BsonBuffer.INT32;
    }
    out.putLong(value);
    return BsonBuffer.INT64;
  }

  private byte real(BsonBuffer out) throws BadItemException {
    if (inKey && !number.isToldApartByDouble()) {
      throw new BadItemException("a key that a double cannot tell from others");
    }
    out.putLong(Double.doubleToRawLongBits(number.toDouble()));
    return BsonBuffer.DOUBLE;
  }

  private byte plain(BsonBuffer out) {
    int start = out.beginLength();
    number.putPlain(out);
    endString(out, start);
    return BsonBuffer.STRING;
  }
}
