package io.nimoshake.mapping.reverse;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.mapping.plain.PlainMapping;
import io.nimoshake.mapping.rule.AttributeStep;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bson.BsonArray;
import org.bson.BsonBinarySubType;
import org.bson.BsonBoolean;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.types.Decimal128;

/**
 * Finds the value that a conversion made a field of. Candidates are tried with the conversion
 * itself: the value that is there first, then the usual spelling, then the field as it is.
 */
final class ConversionInverse {
  /** More than a number of DynamoDB can have, and less than one of MongoDB. */
  private static final int MOST_EXPONENT = 1000;

  private final PlainMapping forward;
  private final FieldNames names;

  ConversionInverse(PlainMapping forward, FieldNames names) {
    this.forward = forward;
    this.names = names;
  }

  /**
   * The value before the conversion; the field as it is if nothing gives it.
   *
   * @param there the value that is there, before the conversion
   */
  BsonValue back(AttributeStep.Convert step, BsonValue field, Optional<BsonValue> there) {
    List<BsonValue> candidates = new ArrayList<>();
    there.ifPresent(candidates::add);
    boolean wasKept = there.filter(value -> gives(step, value, value)).isPresent();
    if (wasKept || staysAText(step, field)) {
      candidates.add(field);
    }
    candidates.addAll(usual(step, field, there));
    return candidates.stream()
        .filter(candidate -> gives(step, candidate, field))
        .findFirst()
        .orElse(field);
  }

  /** Whether the conversion makes this field of a value. */
  private boolean gives(AttributeStep.Convert step, BsonValue value, BsonValue field) {
    // The path is the attribute's; here the value stands alone at the top level.
    AttributeStep.Convert alone =
        new AttributeStep.Convert(ALONE, step.conversion(), step.onError());
    return forward
        .step(alone, new BsonDocument(ALONE.top(), value))
        .filter(made -> Documents.isSame(made.get(ALONE.top()), field))
        .isPresent();
  }

  private static final io.nimoshake.mapping.rule.AttributePath ALONE =
      io.nimoshake.mapping.rule.AttributePath.parse("value");

  /** A text that is no JSON stays itself, and is not worth a second pair of quotes. */
  private boolean staysAText(AttributeStep.Convert step, BsonValue field) {
    return field.isString() && gives(step, field, field);
  }

  private List<BsonValue> usual(
      AttributeStep.Convert step, BsonValue field, Optional<BsonValue> there) {
    boolean wasText = there.filter(BsonValue::isString).isPresent();
    return switch (step.conversion()) {
      case DATE_EPOCH_SECONDS -> epoch(field, 3, wasText);
      case DATE_EPOCH_MILLIS -> epoch(field, 0, wasText);
      case DATE_ISO8601 -> iso8601(field, there);
      case OBJECTID ->
          field.isObjectId() ? texts(field.asObjectId().getValue().toHexString()) : List.of();
      case UUID ->
          field.isBinary()
                  && field.asBinary().getType() == BsonBinarySubType.UUID_STANDARD.getValue()
              ? texts(field.asBinary().asUuid().toString())
              : List.of();
      case DECIMAL, INT, LONG, DOUBLE -> number(field, wasText);
      case STRING -> unquoted(field, there);
      case JSON -> JsonText.of(field, names).map(ConversionInverse::texts).orElse(List.of());
      case SET_TO_OBJECT -> set(field);
    };
  }

  private static List<BsonValue> texts(String... texts) {
    List<BsonValue> values = new ArrayList<>();
    for (String text : texts) {
      values.add(new BsonString(text));
    }
    return values;
  }

  private static List<BsonValue> epoch(BsonValue field, int scale, boolean wasText) {
    if (!field.isDateTime()) {
      return List.of();
    }
    return number(BigDecimal.valueOf(field.asDateTime().getValue(), scale), wasText);
  }

  private static List<BsonValue> number(BsonValue field, boolean wasText) {
    return Documents.number(field).map(number -> number(number, wasText)).orElse(List.of());
  }

  private static List<BsonValue> number(BigDecimal number, boolean wasText) {
    BigDecimal bare = Documents.bare(number);
    BsonValue text = new BsonString(bare.toPlainString());
    BsonValue plain = new BsonDecimal128(new Decimal128(bare));
    return wasText ? List.of(text, plain) : List.of(plain, text);
  }

  /** As the text that is there: a date alone, or a time of the same zone. */
  private static List<BsonValue> iso8601(BsonValue field, Optional<BsonValue> there) {
    if (!field.isDateTime()) {
      return List.of();
    }
    Instant time = Instant.ofEpochMilli(field.asDateTime().getValue());
    List<BsonValue> texts = new ArrayList<>();
    there
        .filter(BsonValue::isString)
        .flatMap(was -> spelledAs(was.asString().getValue(), time))
        .ifPresent(text -> texts.add(new BsonString(text)));
    texts.addAll(texts(time.toString()));
    return texts;
  }

  private static Optional<String> spelledAs(String was, Instant time) {
    try {
      if (!was.contains("T")) {
        LocalDate.parse(was);
        return Optional.of(time.atOffset(ZoneOffset.UTC).toLocalDate().toString());
      }
      ZoneOffset zone = OffsetDateTime.parse(was).getOffset();
      return zone.equals(ZoneOffset.UTC)
          ? Optional.empty()
          : Optional.of(time.atOffset(zone).toString());
    } catch (DateTimeException e) {
      return Optional.empty(); // the text that was there is not a date
    }
  }

  /** A text that was a number or a bool is one again if it can be. */
  private static List<BsonValue> unquoted(BsonValue field, Optional<BsonValue> there) {
    if (!field.isString() || there.isEmpty()) {
      return List.of();
    }
    String text = field.asString().getValue();
    if (there.get().isBoolean()) {
      return List.of(BsonBoolean.valueOf(text.equals("true")));
    }
    if (Documents.number(there.get()).isEmpty()) {
      return List.of();
    }
    return Documents.number(text)
        .filter(number -> number.stripTrailingZeros().precision() <= Documents.DECIMAL128_DIGITS)
        .filter(number -> Math.abs(number.precision() - number.scale()) <= MOST_EXPONENT)
        .<List<BsonValue>>map(number -> List.of(new BsonDecimal128(new Decimal128(number))))
        .orElse(List.of());
  }

  private List<BsonValue> set(BsonValue field) {
    if (!field.isDocument()) {
      return List.of();
    }
    BsonArray elements = new BsonArray();
    field
        .asDocument()
        .keySet()
        .forEach(name -> elements.add(new BsonString(JsonText.attribute(name, names))));
    return List.of(elements);
  }
}
