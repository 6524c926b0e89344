package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.BSONException;
import org.bson.BsonBinaryReader;
import org.bson.BsonReader;
import org.bson.BsonType;

/**
 * Converts keys between source and target. The source's form is a DynamoDB JSON object in which
 * equal keys have equal bytes ({@link ConvertType#SAME}). The target's form identifies a document.
 * Not thread-safe.
 */
public final class KeyCodec {
  private final List<KeyAttribute> key;
  private final ConvertOptions options;
  private final ItemWriter json;
  private final ItemWriter target;
  private final JsonCursor in = new JsonCursor();
  private final BsonBuffer out = new BsonBuffer();

  public KeyCodec(TableSchema schema, ConvertOptions options) {
    this.key = schema.key();
    this.options = options;
    this.json = new JsonItemWriter(schema);
    this.target = options.type() == ConvertType.SAME ? json : new BsonItemWriter(schema, options);
  }

  /** The target's form of a source key; empty if the conversion rejects the key. */
  public Optional<ItemKey> encode(ItemKey source) {
    if (options.type() == ConvertType.SAME) {
      return Optional.of(source);
    }
    return write(source.encoded(), target);
  }

  /** The source's form of a target key; empty if no item can have this key. */
  public Optional<ItemKey> decode(ItemKey stored) {
    return read(stored).filter(source -> whyNoItem(source).isEmpty());
  }

  /**
   * Why no item can have a key that was {@link #read}; empty if one can. DynamoDB allows no empty
   * key and no long one.
   */
  public Optional<String> whyNoItem(ItemKey source) {
    return KeyLimits.violation(key, source);
  }

  /**
   * The source's form of a target key, even if DynamoDB allows no item to have it; empty if it does
   * not have the types of the table's key, or a number that DynamoDB cannot hold.
   */
  public Optional<ItemKey> read(ItemKey stored) {
    if (options.type() == ConvertType.SAME) {
      return write(stored.encoded(), json);
    }
    StringBuilder text = new StringBuilder();
    return readDocument(stored.encoded(), text)
        ? write(Slice.utf8(text.toString()), json)
        : Optional.empty();
  }

  private Optional<ItemKey> write(Slice text, ItemWriter writer) {
    in.reset(text.array(), text.offset(), text.offset() + text.length());
    out.pos = 0;
    try {
      writer.key(in, out);
      return Optional.of(new ItemKey(Slice.of(java.util.Arrays.copyOf(out.buf, out.pos))));
    } catch (MalformedPageException | BadItemException e) {
      // Not a fault: such keys exist, and the caller decides what that means.
      return Optional.empty();
    }
  }

  /** Appends the key as JSON; false if the document is not a key of this table. */
  private boolean readDocument(Slice document, StringBuilder text) {
    Map<String, String> values = new HashMap<>();
    ByteBuffer bytes = ByteBuffer.wrap(document.array(), document.offset(), document.length());
    try (BsonBinaryReader reader = new BsonBinaryReader(bytes.slice())) {
      reader.readStartDocument();
      while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
        String field = reader.readName();
        Optional<KeyAttribute> attribute =
            key.stream().filter(a -> options.names().topLevel(a.name()).equals(field)).findFirst();
        if (attribute.isEmpty()) {
          return false;
        }
        String value = value(reader, attribute.get().type());
        if (value == null || values.put(attribute.get().name(), value) != null) {
          return false;
        }
      }
    } catch (BSONException e) {
      return false; // no conversion wrote this document
    }
    if (values.size() != key.size()) {
      return false;
    }
    for (int i = 0; i < key.size(); i++) {
      text.append(i == 0 ? '{' : ',');
      quote(key.get(i).name(), text);
      text.append(":{\"").append(key.get(i).type()).append("\":");
      quote(values.get(key.get(i).name()), text);
      text.append('}');
    }
    text.append('}');
    return true;
  }

  /** The value in DynamoDB's spelling, without its type; null if it has another type. */
  private String value(BsonReader reader, KeyAttribute.Type type) {
    if (options.type() != ConvertType.RAW) {
      return scalar(reader, type);
    }
    if (reader.getCurrentBsonType() != BsonType.DOCUMENT) {
      reader.skipValue();
      return null;
    }
    reader.readStartDocument();
    String value = null;
    int fields = 0;
    while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
      fields++;
      if (reader.readName().equals(type.name())
          && (reader.getCurrentBsonType() == BsonType.BINARY) == (type == KeyAttribute.Type.B)) {
        value = scalar(reader, type);
      } else {
        reader.skipValue();
      }
    }
    reader.readEndDocument();
    return fields == 1 ? value : null;
  }

  private String scalar(BsonReader reader, KeyAttribute.Type type) {
    BsonType bson = reader.getCurrentBsonType();
    boolean text = bson == BsonType.STRING;
    if (text && (type == KeyAttribute.Type.S || type == KeyAttribute.Type.N)) {
      return reader.readString();
    }
    if (bson == BsonType.BINARY && type == KeyAttribute.Type.B) {
      return Base64.getEncoder().encodeToString(reader.readBinaryData().getData());
    }
    if (type == KeyAttribute.Type.N) {
      switch (bson) {
        case INT32:
          return Integer.toString(reader.readInt32());
        case INT64:
          return Long.toString(reader.readInt64());
        case DOUBLE:
          return shortest(reader.readDouble());
        case DECIMAL128:
          return reader.readDecimal128().toString();
        default:
      }
    }
    reader.skipValue();
    return null;
  }

  /** The decimal that a key's double stands for. */
  private static String shortest(double value) {
    return Double.isFinite(value) ? ShortestDecimal.of(value).toString() : "NaN";
  }

  /** Appends a string in quotes, as JSON. */
  static void quote(String value, StringBuilder text) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < ' ') {
        text.append(String.format("\\u%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }

  /** A source key as text, for people and files. */
  public static String text(ItemKey source) {
    Slice bytes = source.encoded();
    return new String(bytes.array(), bytes.offset(), bytes.length(), StandardCharsets.UTF_8);
  }
}
