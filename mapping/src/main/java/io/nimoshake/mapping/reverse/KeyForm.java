package io.nimoshake.mapping.reverse;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonBinarySubType;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.types.Decimal128;

/**
 * How keys look in documents. For MongoDB {@code 5}, {@code NumberLong(5)} and {@code 5.0} are one
 * {@code _id}; a key has one form, the one in which the conversion writes it.
 *
 * @param names how attributes are named
 * @param raw whether values are documents such as <code>{N: "1"}</code>
 * @param doubles whether every number is a double
 */
public record KeyForm(FieldNames names, boolean raw, boolean doubles) {
  private static final BigDecimal LEAST_LONG = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal MOST_LONG = BigDecimal.valueOf(Long.MAX_VALUE);

  /** The key that these fields are; empty if they are not those of a key of the table. */
  Optional<ItemKey> key(TableSchema table, Map<String, BsonValue> fields) {
    if (fields.size() != table.key().size()) {
      return Optional.empty();
    }
    BsonDocument key = new BsonDocument();
    for (KeyAttribute attribute : table.key()) {
      String field = names.topLevel(attribute.name());
      Optional<BsonValue> value =
          Optional.ofNullable(fields.get(field)).flatMap(found -> value(attribute.type(), found));
      if (value.isEmpty()) {
        return Optional.empty();
      }
      key.put(field, value.get());
    }
    return Optional.of(new ItemKey(Documents.bytes(key)));
  }

  private Optional<BsonValue> value(KeyAttribute.Type type, BsonValue found) {
    if (!raw) {
      return plain(type, found);
    }
    boolean typed =
        found.isDocument()
            && found.asDocument().size() == 1
            && found.asDocument().containsKey(type.name());
    return typed ? typed(type, found.asDocument()) : Optional.empty();
  }

  private static Optional<BsonValue> typed(KeyAttribute.Type type, BsonDocument found) {
    BsonValue value = found.get(type.name());
    boolean fits = type == KeyAttribute.Type.B ? isBinary(value) : value.isString();
    return fits ? Optional.of(found) : Optional.empty();
  }

  private Optional<BsonValue> plain(KeyAttribute.Type type, BsonValue found) {
    return switch (type) {
      case S -> Optional.of(found).filter(BsonValue::isString);
      case B -> Optional.of(found).filter(KeyForm::isBinary);
      case N -> number(found);
    };
  }

  private static boolean isBinary(BsonValue value) {
    return value.isBinary() && value.asBinary().getType() == BsonBinarySubType.BINARY.getValue();
  }

  private Optional<BsonValue> number(BsonValue found) {
    if (found.isString()) {
      return Optional.of(found).filter(text -> isLongNumber(text.asString()));
    }
    Optional<BigDecimal> number = Documents.number(found);
    if (doubles) {
      return number.map(n -> new BsonDouble(n.doubleValue()));
    }
    return number.map(n -> isRounded(found, n) ? found : exact(n));
  }

  /** The conversion writes a number as a string only if Decimal128 cannot hold its digits. */
  private static boolean isLongNumber(BsonString text) {
    return Documents.number(text.getValue())
        .filter(n -> n.stripTrailingZeros().precision() > Documents.DECIMAL128_DIGITS)
        .isPresent();
  }

  /**
   * Whether this is a double, and not the number to the last digit. Any other is one key with the
   * decimal of the same value: for MongoDB, too, both are the same {@code _id}.
   */
  private static boolean isRounded(BsonValue found, BigDecimal number) {
    return found.isDouble()
        && !isLong(number)
        && new BigDecimal(found.asDouble().getValue()).compareTo(number) != 0;
  }

  private static boolean isLong(BigDecimal number) {
    return (number.signum() == 0 || number.stripTrailingZeros().scale() <= 0)
        && number.compareTo(LEAST_LONG) >= 0
        && number.compareTo(MOST_LONG) <= 0;
  }

  private static BsonValue exact(BigDecimal number) {
    if (isLong(number)) {
      long whole = number.longValueExact();
      return whole == (int) whole ? new BsonInt32((int) whole) : new BsonInt64(whole);
    }
    return new BsonDecimal128(new Decimal128(Documents.bare(number)));
  }
}
