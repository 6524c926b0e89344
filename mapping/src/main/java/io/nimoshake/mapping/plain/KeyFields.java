package io.nimoshake.mapping.plain;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.mapping.plain.PlainCondition.PlainNumbers;
import java.math.BigDecimal;
import java.util.List;
import org.bson.BsonBinarySubType;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/** The fields of the keys of a table, as documents have them. */
public record KeyFields(TableSchema table, FieldNames names) {
  private static final int MOST_DIGITS_OF_A_DECIMAL128 = 34;

  /** The names of the fields, that of the partition key first. */
  public List<String> all() {
    return table.key().stream().map(attribute -> names.topLevel(attribute.name())).toList();
  }

  /**
   * Whether the fields are those of a key of this table. A collection may hold ids of other types
   * and with other fields.
   */
  public boolean isKey(BsonDocument key) {
    return List.copyOf(key.keySet()).equals(all())
        && table.key().stream()
            .allMatch(
                attribute -> fits(attribute.type(), key.get(names.topLevel(attribute.name()))));
  }

  private static boolean fits(KeyAttribute.Type type, BsonValue value) {
    return switch (type) {
      case S -> value.isString();
      case N ->
          PlainNumbers.of(value).isPresent()
              || value.isString() && isLongNumber(value.asString().getValue());
      case B ->
          value.isBinary() && value.asBinary().getType() == BsonBinarySubType.BINARY.getValue();
    };
  }

  /** The conversion writes a number as a string only if Decimal128 cannot hold its digits. */
  private static boolean isLongNumber(String text) {
    try {
      return new BigDecimal(text).stripTrailingZeros().precision() > MOST_DIGITS_OF_A_DECIMAL128;
    } catch (NumberFormatException e) {
      return false; // a string of another table
    }
  }
}
