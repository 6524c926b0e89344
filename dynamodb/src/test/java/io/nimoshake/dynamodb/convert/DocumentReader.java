package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.Slice;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.BsonBinaryReader;
import org.bson.BsonReader;
import org.bson.BsonType;
import org.bson.types.Decimal128;

/**
 * Converts a document of the target back to an item. Under {@link ConvertType#RAW} this restores
 * the item, except for its field names. Under {@link ConvertType#CHANGE} sets come back as lists,
 * and numbers of more than 34 digits as text. Under {@link ConvertType#MCHANGE} numbers have the
 * exact value of their double. Field names stay as they are: nothing tells which of them were
 * escaped.
 *
 * <p>Fields that no conversion writes come back as {@link ItemValue.Foreign}.
 */
public final class DocumentReader {
  private final boolean raw;

  /**
   * Makes a reader for documents of a conversion.
   *
   * @throws IllegalArgumentException for {@link ConvertType#SAME}, which has no documents
   */
  public DocumentReader(ConvertType type) {
    if (type == ConvertType.SAME) {
      throw new IllegalArgumentException("convert.type same has no documents");
    }
    raw = type == ConvertType.RAW;
  }

  /**
   * Reads a document.
   *
   * @param document BSON
   * @param without top-level fields that do not belong to the item, such as {@code _id}
   * @throws org.bson.BsonSerializationException if the document is not BSON
   */
  public ItemValue.MapOf read(Slice document, Set<String> without) {
    ByteBuffer bytes = ByteBuffer.wrap(document.array(), document.offset(), document.length());
    try (BsonBinaryReader reader = new BsonBinaryReader(bytes.slice())) {
      Map<String, ItemValue> entries = new LinkedHashMap<>();
      reader.readStartDocument();
      while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
        String name = reader.readName();
        if (without.contains(name)) {
          reader.skipValue();
        } else {
          entries.put(name, value(reader));
        }
      }
      reader.readEndDocument();
      return new ItemValue.MapOf(entries);
    }
  }

  private ItemValue value(BsonReader reader) {
    return raw ? described(reader) : plain(reader);
  }

  private ItemValue plain(BsonReader reader) {
    BsonType type = reader.getCurrentBsonType();
    return switch (type) {
      case DOUBLE -> number(reader.readDouble());
      case STRING -> new ItemValue.Text(reader.readString());
      case DOCUMENT -> map(reader);
      case ARRAY -> new ItemValue.ListOf(elements(reader));
      case BINARY -> bytes(reader);
      case BOOLEAN -> new ItemValue.Bool(reader.readBoolean());
      case NULL -> {
        reader.readNull();
        yield new ItemValue.Null();
      }
      case INT32 -> new ItemValue.Num(BigDecimal.valueOf(reader.readInt32()));
      case INT64 -> new ItemValue.Num(BigDecimal.valueOf(reader.readInt64()));
      case DECIMAL128 -> number(reader.readDecimal128());
      default -> foreign(reader);
    };
  }

  private static ItemValue number(double value) {
    return Double.isFinite(value)
        ? new ItemValue.Num(new BigDecimal(value))
        : new ItemValue.Foreign("the double " + value);
  }

  private static ItemValue number(Decimal128 value) {
    if (value.isFinite()) {
      // The sign is removed: BigDecimal has no negative zero, and the driver throws for it.
      BigDecimal magnitude =
          Decimal128.fromIEEE754BIDEncoding(value.getHigh() & Long.MAX_VALUE, value.getLow())
              .bigDecimalValue();
      return new ItemValue.Num(value.isNegative() ? magnitude.negate() : magnitude);
    }
    return new ItemValue.Foreign("the decimal " + value);
  }

  private static ItemValue bytes(BsonReader reader) {
    if (reader.peekBinarySubType() != 0) {
      return foreign(reader);
    }
    return new ItemValue.Bytes(Slice.of(reader.readBinaryData().getData()));
  }

  private static ItemValue foreign(BsonReader reader) {
    String what = "BSON " + reader.getCurrentBsonType();
    reader.skipValue();
    return new ItemValue.Foreign(what);
  }

  private ItemValue.MapOf map(BsonReader reader) {
    Map<String, ItemValue> entries = new LinkedHashMap<>();
    reader.readStartDocument();
    while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
      entries.put(reader.readName(), value(reader));
    }
    reader.readEndDocument();
    return new ItemValue.MapOf(entries);
  }

  private List<ItemValue> elements(BsonReader reader) {
    List<ItemValue> elements = new ArrayList<>();
    reader.readStartArray();
    while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
      elements.add(value(reader));
    }
    reader.readEndArray();
    return elements;
  }

  /** A value under {@code raw}: a document of one field, whose name is the type. */
  private ItemValue described(BsonReader reader) {
    if (reader.getCurrentBsonType() != BsonType.DOCUMENT) {
      return foreign(reader);
    }
    reader.readStartDocument();
    ItemValue value = new ItemValue.Foreign("an empty document");
    boolean first = true;
    while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
      ItemValue next = described(reader, reader.readName());
      value = first ? next : new ItemValue.Foreign("a document of several fields");
      first = false;
    }
    reader.readEndDocument();
    return value;
  }

  private ItemValue described(BsonReader reader, String descriptor) {
    BsonType type = reader.getCurrentBsonType();
    boolean scalar =
        switch (descriptor) {
          case "S", "N" -> type == BsonType.STRING;
          case "B" -> type == BsonType.BINARY;
          case "BOOL", "NULL" -> type == BsonType.BOOLEAN;
          default -> false;
        };
    if (scalar) {
      return scalar(reader, descriptor);
    }
    if (descriptor.equals("M") && type == BsonType.DOCUMENT) {
      return map(reader);
    }
    if (type == BsonType.ARRAY) {
      switch (descriptor) {
        case "L":
          return new ItemValue.ListOf(elements(reader));
        case "SS", "NS", "BS":
          return set(reader, descriptor.substring(0, 1));
        default:
      }
    }
    return foreign(reader);
  }

  private static ItemValue scalar(BsonReader reader, String descriptor) {
    return switch (descriptor) {
      case "S" -> new ItemValue.Text(reader.readString());
      case "N" -> number(reader.readString());
      case "B" -> bytes(reader);
      case "BOOL" -> new ItemValue.Bool(reader.readBoolean());
      default ->
          reader.readBoolean() ? new ItemValue.Null() : new ItemValue.Foreign("a NULL of false");
    };
  }

  private static ItemValue number(String text) {
    byte[] ascii = text.getBytes(StandardCharsets.UTF_8);
    try {
      // DynamoDB's limits are checked first: BigDecimal would accept 1E999999999.
      new NumberText().parse(ascii, 0, ascii.length);
    } catch (BadItemException e) {
      return new ItemValue.Foreign("an N that is none");
    }
    return new ItemValue.Num(new BigDecimal(text));
  }

  private ItemValue set(BsonReader reader, String descriptor) {
    Set<ItemValue> elements = new HashSet<>();
    boolean twice = false;
    reader.readStartArray();
    while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
      BsonType wanted = descriptor.equals("B") ? BsonType.BINARY : BsonType.STRING;
      ItemValue element =
          reader.getCurrentBsonType() == wanted ? scalar(reader, descriptor) : foreign(reader);
      twice |= !elements.add(element);
    }
    reader.readEndArray();
    return twice
        ? new ItemValue.Foreign("a set with an element twice")
        : new ItemValue.SetOf(elements);
  }
}
