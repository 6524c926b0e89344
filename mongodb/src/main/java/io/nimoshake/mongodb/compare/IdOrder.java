package io.nimoshake.mongodb.compare;

import com.mongodb.client.model.Filters;
import java.util.List;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonType;
import org.bson.BsonValue;
import org.bson.conversions.Bson;

/**
 * The order in which MongoDB sorts values of different types. {@code $gt} compares only values of
 * one type, so a filter for everything after a value must name the later types, too. Types that
 * MongoDB deprecated long ago (symbol, code, DBPointer) are left out; not every server knows them.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/">MongoDB
 *     Manual, Comparison/Sort Order</a>
 */
public final class IdOrder {
  private static final List<Set<BsonType>> TYPES =
      List.of(
          Set.of(BsonType.MIN_KEY),
          Set.of(BsonType.NULL),
          Set.of(BsonType.INT32, BsonType.INT64, BsonType.DOUBLE, BsonType.DECIMAL128),
          Set.of(BsonType.STRING),
          Set.of(BsonType.DOCUMENT),
          Set.of(BsonType.BINARY),
          Set.of(BsonType.OBJECT_ID),
          Set.of(BsonType.BOOLEAN),
          Set.of(BsonType.DATE_TIME),
          Set.of(BsonType.TIMESTAMP),
          Set.of(BsonType.MAX_KEY));

  private IdOrder() {}

  /** Finds the documents whose {@code _id} comes after this one. */
  public static Bson after(BsonValue id) {
    BsonArray laterTypes = new BsonArray();
    boolean later = false;
    for (Set<BsonType> types : TYPES) {
      if (later) {
        types.forEach(type -> laterTypes.add(new BsonInt32(number(type))));
      }
      later |= types.contains(id.getBsonType());
    }
    Bson ofLaterTypes = Filters.eq("_id", new BsonDocument("$type", laterTypes));
    return laterTypes.isEmpty()
        ? afterWithinType(id)
        : Filters.or(afterWithinType(id), ofLaterTypes);
  }

  private static Bson afterWithinType(BsonValue id) {
    boolean nan = id.isDouble() && Double.isNaN(id.asDouble().getValue());
    // NaN sorts before all other numbers, but nothing is greater than NaN
    return nan
        ? Filters.gte("_id", new BsonDouble(Double.NEGATIVE_INFINITY))
        : Filters.gt("_id", id);
  }

  /** {@code $type} takes -1 for the smallest key, and BSON writes it as an unsigned byte. */
  private static int number(BsonType type) {
    return type == BsonType.MIN_KEY ? -1 : type.getValue();
  }
}
