package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.Slice;
import io.nimoshake.dynamodb.filter.ItemFilter;
import io.nimoshake.dynamodb.filter.Value;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Applies a filter to items in DynamoDB JSON. Only the attributes that the filter looks at are
 * parsed. Not thread-safe.
 */
public final class JsonFilter {
  private final ItemFilter filter;
  private final byte[][] names;
  private final JsonCursor slice = new JsonCursor();
  private final NumberText number = new NumberText();
  private final BsonBuffer scratch = new BsonBuffer();

  public JsonFilter(ItemFilter filter) {
    this.filter = filter;
    this.names =
        filter.attributes().stream()
            .map(name -> name.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
  }

  /** The top-level attributes that the filter looks at. */
  public Set<String> attributes() {
    return filter.attributes();
  }

  /**
   * Whether an item passes.
   *
   * @param item DynamoDB JSON of an item that the service gave
   */
  public boolean passes(Slice item) {
    slice.reset(item.array(), item.offset(), item.offset() + item.length());
    try {
      return passes(slice);
    } catch (MalformedPageException | BadItemException e) {
      throw new IllegalArgumentException("not an item in DynamoDB JSON", e);
    }
  }

  /**
   * Reads the item at the cursor. An item that cannot be read passes: the conversion rejects it for
   * the same reason, and says where.
   */
  boolean mayPass(JsonCursor in) throws MalformedPageException {
    try {
      return passes(in);
    } catch (BadItemException e) {
      return true;
    }
  }

  private boolean passes(JsonCursor in) throws MalformedPageException, BadItemException {
    Map<String, Value> item = new HashMap<>();
    in.peek();
    if (in.enter('{', '}')) {
      do {
        if (!isWanted(in)) {
          in.skipValue();
          continue;
        }
        String name = new String(scratch.buf, 0, scratch.pos, StandardCharsets.UTF_8);
        in.peek();
        item.put(name, value(in, 0));
      } while (in.more('}'));
    }
    return filter.passes(item);
  }

  /** Reads a name and the colon; if the filter looks at this attribute, the name is in scratch. */
  private boolean isWanted(JsonCursor in) throws MalformedPageException, BadItemException {
    in.peek();
    int at = in.pos;
    in.string();
    if (in.tokenEscaped) {
      in.pos = at;
    }
    boolean wanted = in.tokenEscaped ? decodedIsWanted(in) : tokenIsWanted(in);
    in.expect(':');
    return wanted;
  }

  private boolean tokenIsWanted(JsonCursor in) {
    for (byte[] name : names) {
      if (in.tokenIs(name)) {
        scratch.pos = 0;
        scratch.putBytes(name);
        return true;
      }
    }
    return false;
  }

  private boolean decodedIsWanted(JsonCursor in) throws MalformedPageException, BadItemException {
    scratch.pos = 0;
    JsonStrings.copy(in, scratch);
    for (byte[] name : names) {
      if (Arrays.equals(scratch.buf, 0, scratch.pos, name, 0, name.length)) {
        return true;
      }
    }
    return false;
  }

  private Value value(JsonCursor in, int level) throws MalformedPageException, BadItemException {
    int type = ValueType.open(in, true);
    if (type == ValueType.UNTYPED) {
      return new Value.MapOf(Map.of());
    }
    Value value =
        switch (type) {
          case ValueType.S, ValueType.N, ValueType.B -> scalar(in, type);
          case ValueType.BOOL -> new Value.Bool(ValueType.bool(in));
          case ValueType.NULL -> {
            ValueType.isNull(in);
            yield new Value.Null();
          }
          case ValueType.M -> map(in, AttributePath.deeper(level));
          case ValueType.L -> new Value.ListOf(elements(in, type, AttributePath.deeper(level)));
          case ValueType.SS, ValueType.NS, ValueType.BS ->
              new Value.SetOf(
                  String.valueOf((char) (type >> 8)), new HashSet<>(elements(in, type, level)));
          default -> throw ValueType.unknown();
        };
    ValueType.close(in);
    return value;
  }

  private Value map(JsonCursor in, int level) throws MalformedPageException, BadItemException {
    ValueType.require(in, '{');
    Map<String, Value> attributes = new HashMap<>();
    if (in.enter('{', '}')) {
      do {
        in.peek();
        String name = text(in);
        in.expect(':');
        in.peek();
        attributes.put(name, value(in, level));
      } while (in.more('}'));
    }
    return new Value.MapOf(attributes);
  }

  private List<Value> elements(JsonCursor in, int type, int level)
      throws MalformedPageException, BadItemException {
    ValueType.require(in, '[');
    List<Value> elements = new ArrayList<>();
    if (in.enter('[', ']')) {
      do {
        in.peek();
        elements.add(type == ValueType.L ? value(in, level) : scalar(in, type >> 8));
      } while (in.more(']'));
    }
    return elements;
  }

  private Value scalar(JsonCursor in, int type) throws MalformedPageException, BadItemException {
    ValueType.require(in, '"');
    String text = text(in);
    if (type == ValueType.S) {
      return new Value.Text(text);
    }
    if (type == ValueType.N) {
      number.parse(scratch.buf, 0, scratch.pos);
      return new Value.Num(new BigDecimal(text));
    }
    int encoded = scratch.pos;
    Base64Text.decode(scratch.buf, 0, encoded, scratch);
    return new Value.Binary(ByteBuffer.wrap(Arrays.copyOfRange(scratch.buf, encoded, scratch.pos)));
  }

  /** Reads a string; its decoded bytes are in scratch, too. */
  private String text(JsonCursor in) throws MalformedPageException, BadItemException {
    scratch.pos = 0;
    JsonStrings.copy(in, scratch);
    return new String(scratch.buf, 0, scratch.pos, StandardCharsets.UTF_8);
  }
}
