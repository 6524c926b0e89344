package io.nimoshake.dynamodb.compare;

import io.nimoshake.core.model.Slice;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.types.Decimal128;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What an item is as a document, by a plain walk over the attribute values of the AWS SDK. It
 * shares no code with the conversion of a sync. Not for {@code convert.type = raw}.
 */
public final class PlainItem {
  private final ConvertOptions options;
  private final NumberRule numbers;

  public PlainItem(ConvertOptions options) {
    this.options = options;
    this.numbers = new NumberRule(options);
  }

  /** An array that was a set: the order of its elements does not count. */
  public static final class OfSet extends BsonArray {
    OfSet(List<? extends BsonValue> elements) {
      super(elements);
    }
  }

  /**
   * The document of an item; empty if the conversion rejects the item.
   *
   * @param item DynamoDB JSON
   */
  public Optional<BsonDocument> document(Slice item) {
    return document(AttributeJson.read(item.toUtf8()), options.names()::topLevel);
  }

  private Optional<BsonDocument> document(
      Map<String, AttributeValue> attributes, UnaryOperator<String> naming) {
    BsonDocument document = new BsonDocument();
    for (Map.Entry<String, AttributeValue> attribute : attributes.entrySet()) {
      Optional<? extends BsonValue> value = value(attribute.getValue());
      String name = naming.apply(attribute.getKey());
      if (value.isEmpty() || document.put(name, value.get()) != null) {
        return Optional.empty();
      }
    }
    return Optional.of(document);
  }

  private Optional<? extends BsonValue> value(AttributeValue value) {
    return switch (value.type()) {
      case S -> Optional.of(new BsonString(value.s()));
      case N -> number(value.n());
      case B -> Optional.of(new BsonBinary(value.b().asByteArray()));
      case BOOL -> Optional.of(BsonBoolean.valueOf(value.bool()));
      case NUL -> Optional.of(BsonNull.VALUE);
      case M -> document(value.m(), options.names()::nested);
      case L -> array(value.l()).map(BsonArray::new);
      case SS -> array(value.ss().stream().map(AttributeValue::fromS).toList()).map(OfSet::new);
      case NS -> array(value.ns().stream().map(AttributeValue::fromN).toList()).map(OfSet::new);
      case BS -> array(value.bs().stream().map(AttributeValue::fromB).toList()).map(OfSet::new);
      case UNKNOWN_TO_SDK_VERSION -> Optional.empty();
    };
  }

  private Optional<List<BsonValue>> array(List<AttributeValue> values) {
    List<BsonValue> elements = new java.util.ArrayList<>();
    for (AttributeValue value : values) {
      Optional<? extends BsonValue> element = value(value);
      if (element.isEmpty()) {
        return Optional.empty();
      }
      elements.add(element.get());
    }
    return Optional.of(elements);
  }

  private Optional<? extends BsonValue> number(String text) {
    BigDecimal number = new BigDecimal(text);
    return switch (numbers.kindOf(number)) {
      case INTEGER -> Optional.of(integer(number.longValueExact()));
      case DECIMAL -> Optional.of(new BsonDecimal128(new Decimal128(number.stripTrailingZeros())));
      case DOUBLE -> Optional.of(new BsonDouble(number.doubleValue()));
      case TEXT -> Optional.of(new BsonString(text));
      case NONE -> Optional.empty();
    };
  }

  private static BsonValue integer(long number) {
    return number == (int) number ? new BsonInt32((int) number) : new BsonInt64(number);
  }

  /** Whether two values of documents are equal; the second one may be of any order in its sets. */
  public static boolean isSame(BsonValue expected, BsonValue found) {
    if (expected.isDocument() && found.isDocument()) {
      BsonDocument document = found.asDocument();
      return expected.asDocument().keySet().equals(document.keySet())
          && expected.asDocument().entrySet().stream()
              .allMatch(field -> isSame(field.getValue(), document.get(field.getKey())));
    }
    if (expected.isArray() && found.isArray()) {
      return expected instanceof OfSet
          ? isSameSet(expected.asArray(), found.asArray())
          : isSameList(expected.asArray(), found.asArray());
    }
    if (expected.isDecimal128() && found.isDecimal128()) {
      Decimal128 other = found.asDecimal128().getValue();
      return other.isFinite()
          && !(other.isNegative() && other.compareTo(Decimal128.POSITIVE_ZERO) == 0)
          && expected.asDecimal128().getValue().compareTo(other) == 0;
    }
    return expected.equals(found);
  }

  private static boolean isSameList(BsonArray expected, BsonArray found) {
    boolean same = expected.size() == found.size();
    for (int i = 0; same && i < expected.size(); i++) {
      same = isSame(expected.get(i), found.get(i));
    }
    return same;
  }

  private static boolean isSameSet(BsonArray expected, BsonArray found) {
    List<BsonValue> left = new java.util.ArrayList<>(found);
    for (BsonValue element : expected) {
      int match = 0;
      while (match < left.size() && !isSame(element, left.get(match))) {
        match++;
      }
      if (match == left.size()) {
        return false;
      }
      left.remove(match);
    }
    return left.isEmpty();
  }
}
