package io.nimoshake.dynamodb.compare;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.dynamodb.back.DateForm;
import io.nimoshake.dynamodb.convert.Decimals;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonArray;
import org.bson.BsonBinarySubType;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/**
 * When an item says the same as a document that applications have written to. They write types that
 * DynamoDB does not have, and numbers of any type; only what they mean counts. It shares no code
 * with the way back.
 */
public final class WrittenValues {
  private static final int LONGEST_NUMBER = 200;
  private static final int DECIMAL128_DIGITS = 34;

  private final FieldNames names;
  private final DateForm dates;

  public WrittenValues(FieldNames names, DateForm dates) {
    this.names = names;
    this.dates = dates;
  }

  /**
   * Whether both are the same.
   *
   * @param ofItem what the conversion makes of the item, by {@link PlainItem}
   * @param found what the document has
   */
  public boolean isSame(BsonValue ofItem, BsonValue found) {
    if (PlainItem.isSame(ofItem, found)) {
      return true;
    }
    if (ofItem.isDocument() && found.isDocument()) {
      return isSame(ofItem.asDocument(), found.asDocument());
    }
    if (ofItem.isArray() && found.isArray()) {
      return ofItem instanceof PlainItem.OfSet
          ? isSameSet(ofItem.asArray(), found.asArray())
          : isSameList(ofItem.asArray(), found.asArray());
    }
    return isSameScalar(ofItem, found);
  }

  private boolean isSame(BsonDocument ofItem, BsonDocument found) {
    Map<String, BsonValue> fields = new HashMap<>();
    found.forEach((name, value) -> fields.put(names.nested(name), value));
    return fields.size() == found.size()
        && fields.keySet().equals(ofItem.keySet())
        && ofItem.entrySet().stream()
            .allMatch(field -> isSame(field.getValue(), fields.get(field.getKey())));
  }

  private boolean isSameList(BsonArray ofItem, BsonArray found) {
    boolean same = ofItem.size() == found.size();
    for (int i = 0; same && i < ofItem.size(); i++) {
      same = isSame(ofItem.get(i), found.get(i));
    }
    return same;
  }

  private boolean isSameSet(BsonArray ofItem, BsonArray found) {
    List<BsonValue> left = new ArrayList<>(found);
    for (BsonValue element : ofItem) {
      Optional<BsonValue> match = left.stream().filter(other -> isSame(element, other)).findFirst();
      if (match.isEmpty()) {
        return false;
      }
      left.remove(match.get());
    }
    return left.isEmpty();
  }

  private boolean isSameScalar(BsonValue ofItem, BsonValue found) {
    Optional<BigDecimal> number = number(ofItem);
    if (number.isPresent() && found.isNumber()) {
      // Of a double, its digits say less than its value.
      return ofItem.isDouble() || found.isDouble()
          ? number(found).filter(n -> n.doubleValue() == number.get().doubleValue()).isPresent()
          : number(found).filter(n -> n.compareTo(number.get()) == 0).isPresent();
    }
    return switch (found.getBsonType()) {
      // A number too long for a Decimal128 is a string, whatever its spelling in the item.
      case STRING ->
          ofItem.isString()
              && isSameNumber(ofItem.asString().getValue(), found.asString().getValue());
      case DATE_TIME -> isDate(ofItem, number, found.asDateTime().getValue());
      case OBJECT_ID -> isText(ofItem, found.asObjectId().getValue().toHexString());
      case BINARY ->
          found.asBinary().getType() == BsonBinarySubType.UUID_STANDARD.getValue()
              && isText(ofItem, found.asBinary().asUuid().toString());
      default -> false;
    };
  }

  private static boolean isSameNumber(String one, String other) {
    try {
      BigDecimal number = one.length() > LONGEST_NUMBER ? BigDecimal.ZERO : new BigDecimal(one);
      return number.stripTrailingZeros().precision() > DECIMAL128_DIGITS
          && NumberRule.sameNumber(number, other);
    } catch (NumberFormatException e) {
      return false; // a string that is no number
    }
  }

  private boolean isDate(BsonValue ofItem, Optional<BigDecimal> number, long millis) {
    return switch (dates) {
      case ISO8601 -> isText(ofItem, Instant.ofEpochMilli(millis).toString());
      case EPOCH_SECONDS ->
          number.filter(n -> n.compareTo(BigDecimal.valueOf(millis, 3)) == 0).isPresent();
      case EPOCH_MILLIS ->
          number.filter(n -> n.compareTo(BigDecimal.valueOf(millis)) == 0).isPresent();
    };
  }

  private static boolean isText(BsonValue value, String text) {
    return value.isString() && value.asString().getValue().equals(text);
  }

  private static Optional<BigDecimal> number(BsonValue value) {
    return switch (value.getBsonType()) {
      case INT32 -> Optional.of(BigDecimal.valueOf(value.asInt32().getValue()));
      case INT64 -> Optional.of(BigDecimal.valueOf(value.asInt64().getValue()));
      case DOUBLE ->
          Double.isFinite(value.asDouble().getValue())
              ? Optional.of(new BigDecimal(Double.toString(value.asDouble().getValue())))
              : Optional.empty();
      case DECIMAL128 -> Decimals.exact(value.asDecimal128().getValue());
      default -> Optional.empty();
    };
  }
}
