package io.nimoshake.dynamodb.back;

import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.convert.Decimals;
import io.nimoshake.dynamodb.convert.NumberOverflow;
import io.nimoshake.dynamodb.convert.ShortestDecimal;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBinarySubType;
import org.bson.BsonReader;
import org.bson.BsonType;
import org.bson.BsonValue;
import org.bson.types.Decimal128;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What values without others inside, and sets, become in DynamoDB. */
final class BackValues {
  /** Two to the power of 63. */
  private static final double MOST_LONG = 0x1p63;

  /** Whether the conversion writes a double for every number. */
  private final boolean everyNumberADouble;

  private final boolean longNumbersAreDoubles;
  private final boolean longNumbersAreStrings;
  private final DateForm dates;

  BackValues(ConvertOptions options, DateForm dates) {
    boolean change = options.type() == ConvertType.CHANGE;
    this.everyNumberADouble = options.type() == ConvertType.MCHANGE;
    this.longNumbersAreDoubles = change && options.overflow() == NumberOverflow.DOUBLE;
    this.longNumbersAreStrings = change && options.overflow() == NumberOverflow.STRING;
    this.dates = dates;
  }

  static boolean isSet(AttributeValue value) {
    return switch (value.type()) {
      case SS, NS, BS -> true;
      default -> false;
    };
  }

  /** Reads a value that is neither a document nor an array, and writes it. */
  void scalar(BsonReader in, Optional<AttributeValue> there, BackWriter out, FieldPath path)
      throws IOException, UnfitDocumentException {
    Optional<BigDecimal> before = there.map(AttributeValue::n).map(BigDecimal::new);
    switch (in.getCurrentBsonType()) {
      case INT32 -> out.number(Integer.toString(in.readInt32()));
      case INT64 -> out.number(Long.toString(in.readInt64()));
      case DOUBLE -> {
        double value = in.readDouble();
        out.number(number(ofDouble(value, before), String.valueOf(value), path));
      }
      case DECIMAL128 -> {
        Decimal128 value = in.readDecimal128();
        out.number(number(Decimals.exact(value), value.toString(), path));
      }
      case STRING -> {
        String text = in.readString();
        Optional<BigDecimal> number = before.flatMap(was -> ofText(text));
        if (number.isPresent()) {
          out.number(number(number, text, path));
        } else {
          out.string(text);
        }
      }
      case BINARY -> {
        BsonBinary value = in.readBinaryData();
        if (value.getType() == BsonBinarySubType.UUID_STANDARD.getValue()) {
          out.string(value.asUuid().toString());
        } else if (value.getType() == BsonBinarySubType.BINARY.getValue()) {
          out.binary(value.getData());
        } else {
          throw path.unfit("DynamoDB has no type for a binary of subtype " + value.getType());
        }
      }
      case BOOLEAN -> out.bool(in.readBoolean());
      case NULL -> {
        in.readNull();
        out.nul();
      }
      case DATE_TIME -> date(in.readDateTime(), out);
      case OBJECT_ID -> out.string(in.readObjectId().toHexString());
      default -> throw path.unfit("DynamoDB has no type for a " + name(in.getCurrentBsonType()));
    }
  }

  /**
   * Writes a typed value of {@code convert.type = raw}; false if the value does not fit its type.
   */
  boolean typed(String type, BsonValue value, BackWriter out, FieldPath path)
      throws IOException, UnfitDocumentException {
    if (type.equals("S") && value.isString()) {
      out.string(value.asString().getValue());
    } else if (type.equals("N") && value.isString()) {
      String text = value.asString().getValue();
      out.number(number(DynamoNumbers.parse(text), text, path));
    } else if (type.equals("B") && isPlainBinary(value)) {
      out.binary(value.asBinary().getData());
    } else if (type.equals("BOOL") && value.isBoolean()) {
      out.bool(value.asBoolean().getValue());
    } else if (type.equals("NULL") && value.isBoolean() && value.asBoolean().getValue()) {
      out.nul();
    } else if (value.isArray()) {
      Optional<List<String>> elements =
          switch (type) {
            case "SS" -> texts(value.asArray());
            case "NS" -> rawNumbers(value.asArray());
            case "BS" -> binaries(value.asArray());
            default -> Optional.empty();
          };
      if (elements.isEmpty()) {
        return false;
      }
      out.set(type, elements.get());
    } else {
      return false;
    }
    return true;
  }

  /** The elements of a set of the kind that is there; empty if the array cannot be one. */
  Optional<List<String>> setElements(BsonArray array, AttributeValue there) {
    return switch (there.type()) {
      case SS -> texts(array);
      case NS -> numbers(array, there.ns());
      case BS -> binaries(array);
      default -> Optional.empty();
    };
  }

  private static Optional<List<String>> texts(BsonArray array) {
    List<String> texts = new ArrayList<>();
    for (BsonValue element : array) {
      if (!element.isString()) {
        return Optional.empty();
      }
      texts.add(element.asString().getValue());
    }
    return distinct(texts);
  }

  private static Optional<List<String>> binaries(BsonArray array) {
    List<String> texts = new ArrayList<>();
    for (BsonValue element : array) {
      if (!isPlainBinary(element)) {
        return Optional.empty();
      }
      texts.add(Base64.getEncoder().encodeToString(element.asBinary().getData()));
    }
    return distinct(texts);
  }

  private static Optional<List<String>> rawNumbers(BsonArray array) {
    List<String> texts = new ArrayList<>();
    for (BsonValue element : array) {
      Optional<String> text =
          element.isString()
              ? DynamoNumbers.parse(element.asString().getValue()).flatMap(DynamoNumbers::text)
              : Optional.empty();
      if (text.isEmpty()) {
        return Optional.empty();
      }
      texts.add(text.get());
    }
    return distinct(texts);
  }

  /**
   * Each number of the set that is there stands for one element at most: two of them may have
   * become the same double.
   */
  private Optional<List<String>> numbers(BsonArray array, List<String> there) {
    Set<BigDecimal> left = new LinkedHashSet<>();
    there.forEach(number -> left.add(new BigDecimal(number)));
    List<String> texts = new ArrayList<>();
    for (BsonValue element : array) {
      Optional<String> text = number(element, left).flatMap(DynamoNumbers::text);
      if (text.isEmpty()) {
        return Optional.empty();
      }
      texts.add(text.get());
    }
    return distinct(texts);
  }

  private Optional<BigDecimal> number(BsonValue element, Set<BigDecimal> left) {
    switch (element.getBsonType()) {
      case INT32:
        return Optional.of(BigDecimal.valueOf(element.asInt32().getValue()));
      case INT64:
        return Optional.of(BigDecimal.valueOf(element.asInt64().getValue()));
      case DECIMAL128:
        return Decimals.exact(element.asDecimal128().getValue());
      case STRING:
        return ofText(element.asString().getValue());
      case DOUBLE:
        double value = element.asDouble().getValue();
        Optional<BigDecimal> was = left.stream().filter(n -> becomes(n, value)).findFirst();
        was.ifPresent(left::remove);
        return ofDouble(value, was);
      default:
        return Optional.empty();
    }
  }

  /** A set has elements, and none of them twice. */
  private static Optional<List<String>> distinct(List<String> elements) {
    boolean isSet = !elements.isEmpty() && new HashSet<>(elements).size() == elements.size();
    return isSet ? Optional.of(elements) : Optional.empty();
  }

  private static boolean isPlainBinary(BsonValue value) {
    return value.isBinary() && value.asBinary().getType() == BsonBinarySubType.BINARY.getValue();
  }

  private Optional<BigDecimal> ofDouble(double value, Optional<BigDecimal> before) {
    if (!Double.isFinite(value)) {
      return Optional.empty();
    }
    return Optional.of(
        before.filter(number -> becomes(number, value)).orElseGet(() -> ShortestDecimal.of(value)));
  }

  /** Whether the conversion writes this double for a number. */
  private boolean becomes(BigDecimal number, double value) {
    boolean isDouble =
        everyNumberADouble
            || longNumbersAreDoubles
                && number.stripTrailingZeros().precision() > DynamoNumbers.DECIMAL128_DIGITS;
    return isDouble && number.doubleValue() == value;
  }

  /** The number that a string stands for, where a number was. */
  private Optional<BigDecimal> ofText(String text) {
    return longNumbersAreStrings ? DynamoNumbers.overflowing(text) : Optional.empty();
  }

  private static String number(Optional<BigDecimal> number, String shown, FieldPath path)
      throws UnfitDocumentException {
    Optional<String> text = number.flatMap(DynamoNumbers::text);
    if (text.isEmpty()) {
      throw path.unfit("DynamoDB cannot hold the number " + shown);
    }
    return text.get();
  }

  private void date(long epochMillis, BackWriter out) throws IOException {
    switch (dates) {
      case ISO8601 -> out.string(Instant.ofEpochMilli(epochMillis).toString());
      case EPOCH_MILLIS -> out.number(Long.toString(epochMillis));
      case EPOCH_SECONDS ->
          out.number(BigDecimal.valueOf(epochMillis, 3).stripTrailingZeros().toPlainString());
    }
  }

  private static String name(BsonType type) {
    return switch (type) {
      case REGULAR_EXPRESSION -> "regular expression";
      case JAVASCRIPT, JAVASCRIPT_WITH_SCOPE -> "piece of code";
      case DB_POINTER -> "DBPointer";
      case MIN_KEY -> "MinKey";
      case MAX_KEY -> "MaxKey";
      case TIMESTAMP -> "timestamp";
      case SYMBOL -> "symbol";
      default -> "value of BSON type " + type;
    };
  }
}
