package io.nimoshake.dynamodb.compare;

import io.nimoshake.core.model.Slice;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.bson.BsonBinaryReader;
import org.bson.BsonDocument;
import org.bson.BsonType;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.BsonValueCodec;
import org.bson.codecs.DecoderContext;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Finds every difference between an item and a BSON document. The order of fields and of set
 * elements does not matter; the order of list elements does. {@link NumberRule} compares numbers;
 * under {@code raw} only their values count.
 */
final class DocumentDifferences {
  private static final JsonWriterSettings CANONICAL =
      JsonWriterSettings.builder().outputMode(JsonMode.EXTENDED).build();
  private static final String SINGLE = "{\"v\": ";

  private final ConvertOptions options;
  private final boolean raw;
  private final NumberRule numbers;

  DocumentDifferences(ConvertOptions options, NumberRule numbers) {
    this.options = options;
    this.raw = options.type() == ConvertType.RAW;
    this.numbers = numbers;
  }

  List<ItemDifference> differences(Slice item, Slice document) {
    Map<String, AttributeValue> source = AttributeJson.read(item.toUtf8());
    Map<String, BsonValue> target = entries(raw(document));
    target.remove("_id");
    List<ItemDifference> found = new ArrayList<>();
    maps(source, target, "", options.names()::topLevel, found);
    return found;
  }

  /** The document as extended JSON. */
  static String json(Slice document) {
    return raw(document).toJson(CANONICAL);
  }

  private static RawBsonDocument raw(Slice document) {
    return new RawBsonDocument(document.array(), document.offset(), document.length());
  }

  /** The fields of a document. A name that occurs twice is kept twice. */
  private static Map<String, BsonValue> entries(BsonDocument document) {
    RawBsonDocument bytes =
        document instanceof RawBsonDocument already
            ? already
            : new RawBsonDocument(document, new BsonDocumentCodec());
    Map<String, BsonValue> entries = new LinkedHashMap<>();
    try (BsonBinaryReader reader = new BsonBinaryReader(bytes.getByteBuffer().asNIO())) {
      reader.readStartDocument();
      while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
        String name = reader.readName();
        BsonValue value = BSON_VALUES.decode(reader, CONTEXT);
        while (entries.containsKey(name)) {
          name += " (again)";
        }
        entries.put(name, value);
      }
    }
    return entries;
  }

  private static final BsonValueCodec BSON_VALUES = new BsonValueCodec();
  private static final DecoderContext CONTEXT = DecoderContext.builder().build();

  private void maps(
      Map<String, AttributeValue> source,
      Map<String, BsonValue> target,
      String path,
      UnaryOperator<String> naming,
      List<ItemDifference> found) {
    Map<String, BsonValue> left = new LinkedHashMap<>(target);
    source.forEach(
        (attribute, value) -> {
          String at = path.isEmpty() ? attribute : path + "." + attribute;
          BsonValue other = left.remove(naming.apply(attribute));
          if (other == null) {
            found.add(new ItemDifference(at, Optional.of(text(value)), Optional.empty()));
          } else {
            values(value, other, at, found);
          }
        });
    left.forEach(
        (field, value) ->
            found.add(
                new ItemDifference(
                    path.isEmpty() ? field : path + "." + field,
                    Optional.empty(),
                    Optional.of(text(value)))));
  }

  private void values(
      AttributeValue source, BsonValue target, String path, List<ItemDifference> found) {
    Optional<BsonValue> content = raw ? content(source, target) : Optional.of(target);
    if (content.isPresent()) {
      BsonValue inner = content.get();
      if (source.type() == AttributeValue.Type.M && inner.isDocument()) {
        maps(source.m(), entries(inner.asDocument()), path, options.names()::nested, found);
        return;
      }
      if (source.type() == AttributeValue.Type.L
          && inner.isArray()
          && source.l().size() == inner.asArray().size()) {
        for (int i = 0; i < source.l().size(); i++) {
          values(source.l().get(i), inner.asArray().get(i), path + "[" + i + "]", found);
        }
        return;
      }
      if (same(source, inner)) {
        return;
      }
    }
    found.add(new ItemDifference(path, Optional.of(text(source)), Optional.of(text(target))));
  }

  /** Under {@code raw} a value is a document with one field, whose name is the type. */
  private static Optional<BsonValue> content(AttributeValue source, BsonValue target) {
    String type = source.type() == AttributeValue.Type.NUL ? "NULL" : source.type().name();
    return target.isDocument() && entries(target.asDocument()).keySet().equals(Set.of(type))
        ? Optional.of(target.asDocument().get(type))
        : Optional.empty();
  }

  /** Compares scalars and sets. A map or list that comes here differs in type or length. */
  private boolean same(AttributeValue source, BsonValue target) {
    return switch (source.type()) {
      case S -> target.isString() && target.asString().getValue().equals(source.s());
      case N -> sameNumber(source.n(), target);
      case B -> sameBytes(source.b().asByteArray(), target);
      case BOOL -> target.isBoolean() && target.asBoolean().getValue() == source.bool();
      case NUL -> raw ? target.isBoolean() && target.asBoolean().getValue() : target.isNull();
      case SS -> sameSet(source.ss().stream().map(AttributeValue::fromS).toList(), target);
      case NS -> sameSet(source.ns().stream().map(AttributeValue::fromN).toList(), target);
      case BS -> sameSet(source.bs().stream().map(AttributeValue::fromB).toList(), target);
      default -> false;
    };
  }

  private boolean sameNumber(String text, BsonValue target) {
    BigDecimal number = new BigDecimal(text);
    if (raw) {
      return target.isString() && NumberRule.sameNumber(number, target.asString().getValue());
    }
    return switch (target.getBsonType()) {
      case INT32 -> numbers.isInteger(number, target.asInt32().getValue());
      case INT64 -> numbers.isInteger(number, target.asInt64().getValue());
      case DOUBLE -> numbers.isDouble(number, target.asDouble().getValue());
      case DECIMAL128 -> numbers.isDecimal(number, target.asDecimal128().getValue());
      case STRING -> numbers.isText(number, target.asString().getValue());
      default -> false;
    };
  }

  private static boolean sameBytes(byte[] bytes, BsonValue target) {
    return target.isBinary()
        && target.asBinary().getType() == 0
        && Arrays.equals(bytes, target.asBinary().getData());
  }

  /** Different numbers may become equal doubles, so each element is matched once. */
  private boolean sameSet(List<AttributeValue> elements, BsonValue target) {
    if (!target.isArray() || target.asArray().size() != elements.size()) {
      return false;
    }
    List<BsonValue> left = new ArrayList<>(target.asArray());
    for (AttributeValue element : elements) {
      int match = 0;
      while (match < left.size() && !same(element, left.get(match))) {
        match++;
      }
      if (match == left.size()) {
        return false;
      }
      left.remove(match);
    }
    return true;
  }

  private static String text(AttributeValue value) {
    return AttributeJson.write(value);
  }

  private static String text(BsonValue value) {
    String json = new BsonDocument("v", value).toJson(CANONICAL);
    return json.substring(SINGLE.length(), json.length() - 1);
  }
}
