package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Converts items to BSON, for {@link ConvertType#CHANGE}, {@link ConvertType#MCHANGE} and {@link
 * ConvertType#RAW}.
 */
final class BsonItemWriter implements ItemWriter {
  /**
   * MongoDB's limit for a document.
   *
   * @see <a href="https://www.mongodb.com/docs/manual/reference/limits/">MongoDB Manual, Limits,
   *     BSON Document Size</a>
   */
  private static final int MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

  private static final byte[][] INDEXES = new byte[256][];

  static {
    for (int i = 0; i < INDEXES.length; i++) {
      INDEXES[i] = (i + "\0").getBytes(StandardCharsets.US_ASCII);
    }
  }

  private final boolean raw;
  private final AttributePath path;
  private final List<KeyAttribute> key;
  private final NumberWriter numbers;
  private final boolean sortedSets;
  private final BsonBuffer scratch = new BsonBuffer();
  private final int[] keyFrom;
  private final int[] keyTo;
  private boolean inKey;
  private boolean image;

  BsonItemWriter(TableSchema schema, ConvertOptions options) {
    raw = options.type() == ConvertType.RAW;
    numbers = new NumberWriter(options);
    sortedSets = options.sortedSets();
    key = schema.key();
    keyFrom = new int[key.size()];
    keyTo = new int[key.size()];
    List<String> keyNames = key.stream().map(KeyAttribute::name).toList();
    path = new AttributePath(new NameTable(options.names(), keyNames, false));
  }

  @Override
  public int item(JsonCursor in, BsonBuffer out, boolean image)
      throws MalformedPageException, BadItemException {
    this.image = image;
    int start = out.pos;
    try {
      path.start();
      inKey = false;
      Arrays.fill(keyFrom, -1);
      document(in, out, 0, -1);
      int end = out.pos;
      if (end - start > MAX_DOCUMENT_BYTES) {
        throw new BadItemException("the document is larger than 16 MB");
      }
      appendKey(out);
      return end;
    } catch (BadItemException e) {
      throw path.locate(e);
    }
  }

  @Override
  public void key(JsonCursor in, BsonBuffer out) throws MalformedPageException, BadItemException {
    int start = out.pos;
    int end = item(in, out, false);
    int length = out.pos - end;
    if (length != end - start) {
      throw new BadItemException("the key has attributes that do not belong to the table's key");
    }
    // The map and its key hold the same attributes, perhaps in another order.
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
    int mark = path.beginMap();
    int previous = -1;
    if (in.enter('{', '}')) {
      do {
        int id = path.name(in, level, parent, previous);
        previous = id;
        int at = out.pos;
        out.putBytes(path.names.element(id));
        if (level == 0 && id < keyFrom.length) {
          inKey = true;
          keyValue(in, out, at, id);
          inKey = false;
        } else {
          value(in, out, at, level, id);
        }
      } while (in.more('}'));
    }
    path.endMap(mark, level);
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
      path.atTopLevel();
      throw new BadItemException("the key attribute is not of type " + key.get(id).type());
    }
    keyFrom[id] = at;
    keyTo[id] = out.pos;
  }

  /** Reads a typed value, puts its BSON type at {@code at} and returns its DynamoDB type. */
  private int value(JsonCursor in, BsonBuffer out, int at, int level, int parent)
      throws MalformedPageException, BadItemException {
    int found = ValueType.open(in, image);
    int type = found == ValueType.UNTYPED ? ValueType.M : found;
    if (raw) {
      int start = out.beginLength();
      int inner = out.pos;
      putDescriptor(type, out);
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

  /** Appends an element's type byte and name, where the name is the DynamoDB type. */
  private static void putDescriptor(int type, BsonBuffer out) {
    out.ensure(6);
    byte[] o = out.buf;
    int q = out.pos;
    o[q++] = 0;
    if (type > 0xFFFF) {
      o[q++] = (byte) (type >> 24);
      o[q++] = (byte) (type >> 16);
    }
    if (type > 0xFF) {
      o[q++] = (byte) (type >> 8);
    }
    o[q++] = (byte) type;
    o[q++] = 0;
    out.pos = q;
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
        document(in, out, AttributePath.deeper(level), parent);
        return BsonBuffer.DOCUMENT;
      case ValueType.UNTYPED:
        out.endDocument(out.beginLength());
        return BsonBuffer.DOCUMENT;
      case ValueType.L:
        list(in, out, AttributePath.deeper(level), parent);
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
        path.index(level, index);
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
        path.index(level + 1, index);
        int at = element(out, index++);
        byte bson = scalar(in, out, type);
        out.buf[at] = bson;
      } while (in.more(']'));
    }
    out.endDocument(start);
    if (sortedSets) {
      SetSorter.sort(out, start, type);
    }
  }

  /** Appends a type byte and an index as the name; returns the position of the type byte. */
  static int element(BsonBuffer out, int index) {
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
        out.endString(start);
        return BsonBuffer.STRING;
      case ValueType.B:
        binary(in, out);
        return BsonBuffer.BINARY;
      default:
        return numbers.write(in, out, inKey);
    }
  }

  private void binary(JsonCursor in, BsonBuffer out)
      throws MalformedPageException, BadItemException {
    int start = out.beginLength();
    out.putByte(0);
    int at = in.pos;
    in.string();
    if (in.tokenEscaped) {
      in.pos = at;
      scratch.pos = 0;
      JsonStrings.copy(in, scratch);
      Base64Text.decode(scratch.buf, 0, scratch.pos, out);
    } else {
      Base64Text.decode(in.buf, in.tokenFrom, in.tokenTo, out);
    }
    out.setInt(start, out.pos - start - 5);
  }
}
