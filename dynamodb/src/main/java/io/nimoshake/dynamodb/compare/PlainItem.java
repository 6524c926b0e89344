package io.nimoshake.dynamodb.compare;

import io.nimoshake.core.model.Slice;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
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
  private static final int DECIMAL128_DIGITS = 34;
  private static final Comparator<BsonValue> BY_BYTES =
      (a, b) -> Arrays.compareUnsigned(bytes(a), bytes(b));
  private static final Comparator<BsonValue> BY_NUMBER = Comparator.comparing(PlainItem::number);

  private final ConvertOptions options;
  private final NumberRule numbers;

  public PlainItem(ConvertOptions options) {
    this.options = options;
    this.numbers = new NumberRule(options);
  }

  /** An array that was a set: the order of its elements does not count for {@link #isSame}. */
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
      case SS -> set(value.ss().stream().map(AttributeValue::fromS), BY_BYTES);
      case NS -> set(value.ns().stream().map(AttributeValue::fromN), BY_NUMBER);
      case BS -> set(value.bs().stream().map(AttributeValue::fromB), BY_BYTES);
      case UNKNOWN_TO_SDK_VERSION -> Optional.empty();
    };
  }

  private Optional<OfSet> set(Stream<AttributeValue> values, Comparator<BsonValue> order) {
    return array(values.toList())
        .map(elements -> options.sortedSets() ? elements.stream().sorted(order).toList() : elements)
        .map(OfSet::new);
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
      case DECIMAL -> Optional.of(new BsonDecimal128(decimal(number)));
      case DOUBLE -> Optional.of(new BsonDouble(number.doubleValue()));
      case TEXT -> Optional.of(new BsonString(number.stripTrailingZeros().toPlainString()));
      case NONE -> Optional.empty();
    };
  }

  /** The conversion writes a number without an exponent if its digits and zeros fit. */
  private static Decimal128 decimal(BigDecimal number) {
    BigDecimal shortest = number.stripTrailingZeros();
    boolean fits =
        shortest.scale() < 0 && shortest.precision() - shortest.scale() <= DECIMAL128_DIGITS;
    return new Decimal128(fits ? shortest.setScale(0) : shortest);
  }

  private static byte[] bytes(BsonValue value) {
    return value.isString()
        ? value.asString().getValue().getBytes(StandardCharsets.UTF_8)
        : value.asBinary().getData();
  }

  private static BigDecimal number(BsonValue value) {
    return switch (value.getBsonType()) {
      case INT32 -> BigDecimal.valueOf(value.asInt32().getValue());
      case INT64 -> BigDecimal.valueOf(value.asInt64().getValue());
      case DOUBLE -> new BigDecimal(value.asDouble().getValue());
      case DECIMAL128 -> value.asDecimal128().getValue().bigDecimalValue();
      case STRING -> new BigDecimal(value.asString().getValue());
      default -> throw new IllegalStateException("no number is of type " + value.getBsonType());
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
