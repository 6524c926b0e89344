package io.nimoshake.mapping.plain;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.mapping.plain.PlainCondition.PlainNumbers;
import io.nimoshake.mapping.rule.Conversion;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBinarySubType;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;

/** Converts one value; empty if it cannot be converted. */
final class PlainConversion {
  /** An item bounds what its JSON can hold. Jackson's own limit for a name is 50,000. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final FieldNames names;

  PlainConversion(FieldNames names) {
    this.names = names;
  }

  Optional<BsonValue> convert(Conversion to, BsonValue value) {
    try {
      return Optional.of(converted(to, value));
    } catch (ArithmeticException
        | IllegalArgumentException
        | DateTimeException
        | IOException cannotBeConverted) {
      return Optional.empty();
    }
  }

  private BsonValue converted(Conversion to, BsonValue value) throws IOException {
    switch (to) {
      case DATE_EPOCH_SECONDS:
        return new BsonDateTime(number(value).multiply(new BigDecimal(1000)).longValueExact());
      case DATE_EPOCH_MILLIS:
        return new BsonDateTime(number(value).longValueExact());
      case DATE_ISO8601:
        return iso8601(string(value));
      case OBJECTID:
        return new BsonObjectId(new ObjectId(matching(string(value), "[0-9a-f]{24}")));
      case UUID:
        return uuid(matching(string(value), "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
      case DECIMAL:
        return new BsonDecimal128(new Decimal128(number(value)));
      case INT:
        return new BsonInt32(number(value).intValueExact());
      case LONG:
        return new BsonInt64(number(value).longValueExact());
      case DOUBLE:
        double number = number(value).doubleValue();
        require(!Double.isInfinite(number));
        return new BsonDouble(number);
      case STRING:
        return text(value);
      case JSON:
        return json(string(value));
      case SET_TO_OBJECT:
        return setToObject(value);
      default:
        throw new IllegalStateException("a conversion that nobody knows: " + to);
    }
  }

  private static void require(boolean condition) {
    if (!condition) {
      throw new IllegalArgumentException();
    }
  }

  private static String string(BsonValue value) {
    require(value.isString());
    return value.asString().getValue();
  }

  private static String matching(String text, String pattern) {
    require(text.matches(pattern));
    return text;
  }

  private static BigDecimal number(BsonValue value) {
    if (value.isString()) {
      require(string(value).length() <= 400);
      return new BigDecimal(string(value));
    }
    Optional<BigDecimal> number = PlainNumbers.of(value);
    require(number.isPresent());
    return number.get();
  }

  private static BsonValue iso8601(String text) {
    Instant time =
        text.contains("T")
            ? OffsetDateTime.parse(text).toInstant()
            : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    require(time.getNano() % 1_000_000 == 0);
    return new BsonDateTime(time.toEpochMilli());
  }

  private static BsonValue uuid(String text) {
    UUID uuid = UUID.fromString(text);
    byte[] bytes =
        ByteBuffer.allocate(16)
            .putLong(uuid.getMostSignificantBits())
            .putLong(uuid.getLeastSignificantBits())
            .array();
    return new BsonBinary(BsonBinarySubType.UUID_STANDARD, bytes);
  }

  private static BsonValue text(BsonValue value) {
    if (value.isString()) {
      return value;
    } else if (value.isBoolean()) {
      return new BsonString(String.valueOf(value.asBoolean().getValue()));
    }
    BigDecimal number = number(value);
    return new BsonString(number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString());
  }

  private BsonValue setToObject(BsonValue value) {
    require(value.isArray());
    BsonDocument object = new BsonDocument();
    for (BsonValue element : value.asArray()) {
      String name = names.nested(string(element));
      require(name.indexOf('\0') < 0 && !object.containsKey(name));
      object.put(name, BsonBoolean.TRUE);
    }
    return object;
  }

  private BsonValue json(String text) throws IOException {
    try (JsonParser in = JSON.createParser(text)) {
      BsonValue value = json(in, in.nextToken());
      require(in.nextToken() == null);
      return value;
    }
  }

  private BsonValue json(JsonParser in, JsonToken token) throws IOException {
    require(token != null);
    switch (token) {
      case START_OBJECT:
        BsonDocument object = new BsonDocument();
        while (in.nextToken() != JsonToken.END_OBJECT) {
          String name = names.nested(in.currentName());
          require(name.indexOf('\0') < 0 && !object.containsKey(name));
          object.put(name, json(in, in.nextToken()));
        }
        return object;
      case START_ARRAY:
        BsonArray array = new BsonArray();
        for (JsonToken next = in.nextToken(); next != JsonToken.END_ARRAY; next = in.nextToken()) {
          array.add(json(in, next));
        }
        return array;
      case VALUE_STRING:
        return new BsonString(in.getText());
      case VALUE_NUMBER_INT:
      case VALUE_NUMBER_FLOAT:
        return jsonNumber(in.getDecimalValue());
      case VALUE_TRUE:
      case VALUE_FALSE:
        return BsonBoolean.valueOf(in.getBooleanValue());
      case VALUE_NULL:
        return BsonNull.VALUE;
      default:
        throw new IllegalArgumentException();
    }
  }

  private static BsonValue jsonNumber(BigDecimal number) {
    BigDecimal bare = number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
    boolean whole = bare.scale() <= 0;
    if (whole && bare.abs().compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) <= 0) {
      return new BsonInt32(bare.intValueExact());
    } else if (whole && bare.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0) {
      return bare.compareTo(BigDecimal.valueOf(Integer.MIN_VALUE)) == 0
          ? new BsonInt32(Integer.MIN_VALUE)
          : new BsonInt64(bare.longValueExact());
    } else if (bare.compareTo(BigDecimal.valueOf(Long.MIN_VALUE)) == 0) {
      return new BsonInt64(Long.MIN_VALUE);
    }
    return new BsonDecimal128(new Decimal128(number));
  }
}
