package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * {@link ConvertType#SAME}: checks an item and copies its bytes unchanged. Only the key is written
 * in one fixed form, so that equal keys have equal bytes.
 */
final class JsonItemWriter implements ItemWriter {
  private static final byte[] EMPTY_MAP = "\"M\":{}".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final AttributePath path;
  private final List<KeyAttribute> key;
  private final NumberText number = new NumberText();
  private final BsonBuffer scratch = new BsonBuffer();
  private final int[] keyFrom;
  private boolean image;

  /** End positions of the maps without a type; the type is inserted there. */
  private int[] untyped = new int[8];

  private int untypedCount;

  JsonItemWriter(TableSchema schema) {
    key = schema.key();
    keyFrom = new int[key.size()];
    List<String> keyNames = key.stream().map(KeyAttribute::name).toList();
    path = new AttributePath(new NameTable(new FieldNames(false, ""), keyNames, true));
  }

  @Override
  public int item(JsonCursor in, BsonBuffer out, boolean image)
      throws MalformedPageException, BadItemException {
    in.peek();
    int from = in.pos;
    check(in, image);
    JsonStrings.checkUtf8(in.buf, from, in.pos);
    for (int i = 0; i < untypedCount; i++) {
      out.putBytes(in.buf, from, untyped[i] - 1 - from);
      out.putBytes(EMPTY_MAP);
      from = untyped[i] - 1;
    }
    out.putBytes(in.buf, from, in.pos - from);
    int end = out.pos;
    appendKey(in, out);
    return end;
  }

  @Override
  public void key(JsonCursor in, BsonBuffer out) throws MalformedPageException, BadItemException {
    if (check(in, false) != key.size()) {
      throw new BadItemException("the key has attributes that do not belong to the table's key");
    }
    appendKey(in, out);
  }

  private int check(JsonCursor in, boolean image) throws MalformedPageException, BadItemException {
    this.image = image;
    untypedCount = 0;
    try {
      path.start();
      Arrays.fill(keyFrom, -1);
      int attributes = map(in, 0, -1);
      for (int i = 0; i < keyFrom.length; i++) {
        if (keyFrom[i] < 0) {
          throw new BadItemException("the key attribute " + key.get(i).name() + " is missing");
        }
      }
      return attributes;
    } catch (BadItemException e) {
      throw path.locate(e);
    }
  }

  private int map(JsonCursor in, int level, int parent)
      throws MalformedPageException, BadItemException {
    int mark = path.beginMap();
    int previous = -1;
    if (in.enter('{', '}')) {
      do {
        previous = path.name(in, level, parent, previous);
        in.peek();
        int from = in.pos;
        int type = value(in, level, previous);
        if (level == 0 && previous < keyFrom.length) {
          KeyAttribute.Type wanted = key.get(previous).type();
          if (type != wanted.name().charAt(0)) {
            path.atTopLevel();
            throw new BadItemException("the key attribute is not of type " + wanted);
          }
          keyFrom[previous] = from;
        }
      } while (in.more('}'));
    }
    int size = path.size(mark);
    path.endMap(mark, level);
    return size;
  }

  private int value(JsonCursor in, int level, int parent)
      throws MalformedPageException, BadItemException {
    int type = ValueType.open(in, image);
    if (type == ValueType.UNTYPED) {
      if (untypedCount == untyped.length) {
        untyped = Arrays.copyOf(untyped, untypedCount * 2);
      }
      untyped[untypedCount++] = in.pos;
      return ValueType.M;
    }
    switch (type) {
      case ValueType.S, ValueType.N, ValueType.B -> scalar(in, type);
      case ValueType.BOOL -> ValueType.bool(in);
      case ValueType.NULL -> ValueType.isNull(in);
      case ValueType.M -> {
        ValueType.require(in, '{');
        map(in, AttributePath.deeper(level), parent);
      }
      case ValueType.L -> list(in, type, AttributePath.deeper(level), parent);
      case ValueType.SS, ValueType.NS, ValueType.BS -> list(in, type, level + 1, parent);
      default -> throw ValueType.unknown();
    }
    ValueType.close(in);
    return type;
  }

  private void list(JsonCursor in, int type, int level, int parent)
      throws MalformedPageException, BadItemException {
    ValueType.require(in, '[');
    if (in.enter('[', ']')) {
      int index = 0;
      do {
        path.index(level, index++);
        if (type == ValueType.L) {
          value(in, level, parent);
        } else {
          scalar(in, type >> 8);
        }
      } while (in.more(']'));
    }
  }

  private void scalar(JsonCursor in, int type) throws MalformedPageException, BadItemException {
    ValueType.require(in, '"');
    if (type == ValueType.S) {
      in.string();
      return;
    }
    scratch.pos = 0;
    JsonStrings.copy(in, scratch);
    if (type == ValueType.N) {
      number.parse(scratch.buf, 0, scratch.pos);
    } else {
      Base64Text.decode(scratch.buf, 0, scratch.pos, scratch);
    }
  }

  /** Appends {@code {"name":{"T":"value"}}} with as few escapes as possible and plain numbers. */
  private void appendKey(JsonCursor in, BsonBuffer out)
      throws MalformedPageException, BadItemException {
    int after = in.pos;
    for (int i = 0; i < keyFrom.length; i++) {
      KeyAttribute attribute = key.get(i);
      out.putByte(i == 0 ? '{' : ',');
      byte[] name = attribute.name().getBytes(StandardCharsets.UTF_8);
      quote(name, name.length, out);
      out.putByte(':');
      out.putByte('{');
      quote(new byte[] {(byte) attribute.type().name().charAt(0)}, 1, out);
      out.putByte(':');
      in.pos = keyFrom[i];
      int type = ValueType.open(in, false);
      in.peek();
      scratch.pos = 0;
      JsonStrings.copy(in, scratch);
      if (type == ValueType.N) {
        number.parse(scratch.buf, 0, scratch.pos);
        out.putByte('"');
        number.putPlain(out);
        out.putByte('"');
      } else {
        quote(scratch.buf, scratch.pos, out);
      }
      out.putByte('}');
    }
    out.putByte('}');
    in.pos = after;
  }

  private static void quote(byte[] utf8, int length, BsonBuffer out) {
    out.ensure(length * 6 + 2);
    out.putByte('"');
    for (int i = 0; i < length; i++) {
      byte c = utf8[i];
      if (c == '"' || c == '\\') {
        out.putByte('\\');
        out.putByte(c);
      } else if (c >= 0 && c < ' ') {
        out.putBytes(new byte[] {'\\', 'u', '0', '0', HEX[c >> 4], HEX[c & 15]});
      } else {
        out.putByte(c);
      }
    }
    out.putByte('"');
  }
}
