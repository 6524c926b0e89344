package io.nimoshake.plugin.contract;

import io.nimoshake.plugin.Item;
import java.math.BigDecimal;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonType;
import org.bson.BsonValue;

/**
 * Which values may be an {@code _id}. MongoDB takes 1, 1.0 and a Decimal128 of 1.00 for equal. If
 * ids could have all of these types, two ids that differ here could be one document there. So
 * numbers are int64. MongoDB refuses arrays and regular expressions as {@code _id}.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/">MongoDB
 *     Manual, Comparison/Sort Order</a>
 */
final class IdValues {
  private IdValues() {}

  /** The type that is not allowed; empty if the value may be an {@code _id}. */
  static Optional<BsonType> notAllowed(BsonValue value) {
    return switch (value.getBsonType()) {
      case STRING, INT64, OBJECT_ID, BINARY, DATE_TIME, BOOLEAN -> Optional.empty();
      case DOCUMENT ->
          value.asDocument().values().stream()
              .flatMap(inner -> notAllowed(inner).stream())
              .findFirst();
      default -> Optional.of(value.getBsonType());
    };
  }

  /** Whether two keys are the same. Numbers are compared by value. */
  static boolean sameKey(BsonDocument a, BsonDocument b) {
    return a.keySet().equals(b.keySet())
        && a.keySet().stream().allMatch(name -> same(a.get(name), b.get(name)));
  }

  private static boolean same(BsonValue a, BsonValue b) {
    Optional<BigDecimal> number = Item.number(a);
    Optional<BigDecimal> other = Item.number(b);
    return number.isPresent() && other.isPresent()
        ? number.get().compareTo(other.get()) == 0
        : a.equals(b);
  }
}
