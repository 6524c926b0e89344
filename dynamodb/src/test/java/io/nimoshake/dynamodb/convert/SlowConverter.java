package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.FieldNames;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBinaryWriter;
import org.bson.BsonBoolean;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;
import org.bson.types.Decimal128;

/**
 * A second, plain implementation of {@code docs/conversion.md}. It uses the driver's classes,
 * BigDecimal and strings, and no code of the decoder.
 */
final class SlowConverter {
  /** An item that is rejected according to the document. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static final BigDecimal INT_MIN = BigDecimal.valueOf(Integer.MIN_VALUE);
  private static final BigDecimal INT_MAX = BigDecimal.valueOf(Integer.MAX_VALUE);
  private static final BigDecimal LONG_MIN = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal LONG_MAX = BigDecimal.valueOf(Long.MAX_VALUE);

  private final ConvertOptions options;

  SlowConverter(ConvertOptions options) {
    this.options = options;
  }

  /** The document of an item; empty if the item must be rejected. */
  Optional<BsonDocument> item(Attr.M item) {
    try {
      return Optional.of(map(item, true));
    } catch (Refused e) {
      return Optional.empty();
    }
  }

  /** The key fields of a document, in the key's order. */
  BsonDocument key(BsonDocument document, List<String> key) {
    BsonDocument part = new BsonDocument();
    key.forEach(name -> part.put(name, document.get(name)));
    return part;
  }

  static byte[] bytes(BsonDocument document) {
    BasicOutputBuffer out = new BasicOutputBuffer();
    new BsonDocumentCodec()
        .encode(new BsonBinaryWriter(out), document, EncoderContext.builder().build());
    return out.toByteArray();
  }

  private BsonDocument map(Attr.M map, boolean top) {
    BsonDocument document = new BsonDocument();
    for (Map.Entry<String, Attr> entry : map.entries().entrySet()) {
      String name = name(entry.getKey(), top, options.names());
      if (name.contains("\0") || document.containsKey(name)) {
        throw new Refused();
      }
      document.put(name, value(entry.getValue()));
    }
    return document;
  }

  private static String name(String attribute, boolean top, FieldNames names) {
    if (top && attribute.equals("_id")) {
      return names.idPrefix() + "_id";
    }
    if (!names.escape()) {
      return attribute;
    }
    String name = attribute.replace(".", "\uFF0E").replace("\0", "\u2400");
    return name.startsWith("$") ? "\uFF04" + name.substring(1) : name;
  }

  private BsonValue value(Attr attr) {
    BsonValue value = content(attr);
    if (options.type() != ConvertType.RAW) {
      return value;
    }
    String descriptor =
        attr instanceof Attr.Multi set
            ? set.descriptor()
            : attr instanceof Attr.Nul ? "NULL" : attr.getClass().getSimpleName().toUpperCase();
    return new BsonDocument(descriptor, value);
  }

  private BsonValue content(Attr attr) {
    if (attr instanceof Attr.S s) {
      return new BsonString(s.text());
    } else if (attr instanceof Attr.N n) {
      return number(new BigDecimal(n.spelling()));
    } else if (attr instanceof Attr.B b) {
      return new BsonBinary(b.array());
    } else if (attr instanceof Attr.Bool b) {
      return BsonBoolean.valueOf(b.value());
    } else if (attr instanceof Attr.M m) {
      return map(m, false);
    } else if (attr instanceof Attr.L l) {
      List<BsonValue> elements = new ArrayList<>();
      l.elements().forEach(element -> elements.add(value(element)));
      return new BsonArray(elements);
    } else if (attr instanceof Attr.Multi set) {
      List<BsonValue> elements = new ArrayList<>();
      set.elements().forEach(element -> elements.add(content(element)));
      return new BsonArray(elements);
    }
    return options.type() == ConvertType.RAW ? BsonBoolean.TRUE : BsonNull.VALUE;
  }

  private BsonValue number(BigDecimal n) {
    BigDecimal shortest = n.signum() == 0 ? BigDecimal.ZERO : n.stripTrailingZeros();
    if (options.type() == ConvertType.RAW) {
      return new BsonString(shortest.toPlainString());
    }
    if (options.type() == ConvertType.MCHANGE) {
      return new BsonDouble(Double.parseDouble(shortest.toString()));
    }
    if (shortest.scale() <= 0 && between(INT_MIN, shortest, INT_MAX)) {
      return new BsonInt32(shortest.intValueExact());
    }
    if (shortest.scale() <= 0 && between(LONG_MIN, shortest, LONG_MAX)) {
      return new BsonInt64(shortest.longValueExact());
    }
    if (shortest.precision() <= 34) {
      boolean fitsWithoutExponent =
          shortest.scale() < 0 && shortest.precision() - shortest.scale() <= 34;
      return new BsonDecimal128(
          new Decimal128(fitsWithoutExponent ? shortest.setScale(0) : shortest));
    }
    return switch (options.overflow()) {
      case STRING -> new BsonString(shortest.toPlainString());
      case DOUBLE -> new BsonDouble(Double.parseDouble(shortest.toString()));
      case FAIL -> throw new Refused();
    };
  }

  private static boolean between(BigDecimal least, BigDecimal n, BigDecimal most) {
    return n.compareTo(least) >= 0 && n.compareTo(most) <= 0;
  }
}
