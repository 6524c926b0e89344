package io.nimoshake.mapping.plain;

import io.nimoshake.mapping.plain.PlainCondition.PlainNumbers;
import java.math.BigDecimal;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/** When MongoDB takes two values of {@code _id} for the same. */
final class PlainValues {
  private PlainValues() {}

  /** Numbers count by value, documents by their fields in order. */
  static boolean isSame(BsonValue a, BsonValue b) {
    Optional<BigDecimal> number = PlainNumbers.of(a);
    if (number.isPresent()) {
      return PlainNumbers.of(b).filter(n -> n.compareTo(number.get()) == 0).isPresent();
    }
    if (!a.isDocument() || !b.isDocument()) {
      return a.equals(b);
    }
    return isSame(a.asDocument(), b.asDocument());
  }

  private static boolean isSame(BsonDocument a, BsonDocument b) {
    Iterator<Map.Entry<String, BsonValue>> others = b.entrySet().iterator();
    for (Map.Entry<String, BsonValue> field : a.entrySet()) {
      if (!others.hasNext()) {
        return false;
      }
      Map.Entry<String, BsonValue> other = others.next();
      if (!field.getKey().equals(other.getKey()) || !isSame(field.getValue(), other.getValue())) {
        return false;
      }
    }
    return !others.hasNext();
  }
}
