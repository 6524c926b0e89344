package io.nimoshake.mongodb.write;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.TableSchema;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.Iterator;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;

/** Writes the key of a document as the source has it: as DynamoDB JSON. */
public final class KeyJson {
  private static final JsonWriterSettings JSON =
      JsonWriterSettings.builder().outputMode(JsonMode.RELAXED).build();

  /** A decimal number of so many digits is the same after it was a double. */
  private static final int EXACT_DIGITS = 15;

  private KeyJson() {}

  /**
   * The key as DynamoDB JSON; {@link Rejected#UNKNOWN_KEY} if the source's key cannot be told from
   * the document, because a number was rounded to a double.
   */
  public static String of(TableSchema table, ItemKey key) {
    // A conversion may have renamed the fields, but their order is that of the key.
    Iterator<BsonValue> values = BsonSplice.raw(key.encoded()).values().iterator();
    BsonDocument json = new BsonDocument();
    for (KeyAttribute attribute : table.key()) {
      Optional<String> text = values.hasNext() ? text(values.next()) : Optional.empty();
      if (text.isEmpty()) {
        return Rejected.UNKNOWN_KEY;
      }
      json.put(
          attribute.name(), new BsonDocument(attribute.type().name(), new BsonString(text.get())));
    }
    return json.toJson(JSON);
  }

  private static Optional<String> text(BsonValue value) {
    return switch (value.getBsonType()) {
      // The conversion raw: the value is in a document, under the name of its type.
      case DOCUMENT -> value.asDocument().values().stream().findFirst().flatMap(KeyJson::text);
      case STRING -> Optional.of(value.asString().getValue());
      case BINARY -> Optional.of(Base64.getEncoder().encodeToString(value.asBinary().getData()));
      case INT32 -> Optional.of(Integer.toString(value.asInt32().getValue()));
      case INT64 -> Optional.of(Long.toString(value.asInt64().getValue()));
      case DECIMAL128 -> Optional.of(value.asDecimal128().getValue().toString());
      case DOUBLE -> exact(value.asDouble().getValue());
      default -> Optional.empty();
    };
  }

  private static Optional<String> exact(double value) {
    if (!Double.isFinite(value)) {
      return Optional.empty();
    }
    BigDecimal decimal = BigDecimal.valueOf(value).stripTrailingZeros();
    return decimal.precision() > EXACT_DIGITS
        ? Optional.empty()
        : Optional.of(decimal.toPlainString());
  }
}
