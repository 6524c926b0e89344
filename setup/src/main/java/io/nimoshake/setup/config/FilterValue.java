package io.nimoshake.setup.config;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The value of a placeholder in the filter expression.
 *
 * @param placeholder its name in the expression, with the colon
 * @param type DynamoDB's name of the type: N, S, B or BOOL
 * @param value the value as text; base64 for B
 */
public record FilterValue(String placeholder, String type, String value) {
  private static final int MAX_DIGITS = 38;
  private static final int MIN_MAGNITUDE = -130;
  private static final int MAX_MAGNITUDE = 125;
  private static final String FIELD = "```";
  private static final String NEXT = "~~~";
  private static final String FORM =
      "must be name" + FIELD + "type" + FIELD + "value, separated by " + NEXT + " from the next";

  static final ValueType<List<FilterValue>> LIST =
      new ValueType<>(
          "name" + FIELD + "type" + FIELD + "value" + NEXT + "...", FilterValue::parseAll);

  private static List<FilterValue> parseAll(String text) throws BadValue {
    List<FilterValue> values = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (String part : text.split(NEXT, -1)) {
      FilterValue value = parse(part.strip());
      if (!names.add(value.placeholder)) {
        throw new BadValue("has " + value.placeholder + " twice");
      }
      values.add(value);
    }
    return List.copyOf(values);
  }

  private static FilterValue parse(String text) throws BadValue {
    String[] fields = text.split(FIELD, -1);
    if (fields.length != 3 || fields[0].isEmpty()) {
      throw new BadValue(FORM);
    }
    String name = fields[0].startsWith(":") ? fields[0] : ":" + fields[0];
    String type = fields[1];
    String value = fields[2];
    boolean valid =
        switch (type) {
          case "S" -> true;
          case "N" -> isNumber(value);
          case "B" -> isBase64(value);
          case "BOOL" -> value.equals("true") || value.equals("false");
          default -> throw new BadValue("has type '" + type + "': types are N, S, B and BOOL");
        };
    if (!valid) {
      throw new BadValue("has a value of " + name + " that is not of type " + type);
    }
    return new FilterValue(name, type, value);
  }

  /** The value as the service takes it. */
  AttributeValue attribute() {
    return switch (type) {
      case "S" -> AttributeValue.fromS(value);
      case "N" -> AttributeValue.fromN(value);
      case "BOOL" -> AttributeValue.fromBool(Boolean.valueOf(value));
      case "B" -> AttributeValue.fromB(SdkBytes.fromByteArray(Base64.getDecoder().decode(value)));
      default -> throw new IllegalStateException("a value of type " + type);
    };
  }

  /**
   * Whether DynamoDB takes this number.
   *
   * @see <a href=
   *     "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html">
   *     Amazon DynamoDB Developer Guide, Data types, Number: 38 digits, 1E-130 to
   *     9.9999999999999999999999999999999999999E+125</a>
   */
  private static boolean isNumber(String text) {
    try {
      BigDecimal number = new BigDecimal(text).stripTrailingZeros();
      long magnitude = (long) number.precision() - number.scale() - 1;
      return number.signum() == 0
          || number.precision() <= MAX_DIGITS
              && magnitude >= MIN_MAGNITUDE
              && magnitude <= MAX_MAGNITUDE;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static boolean isBase64(String text) {
    try {
      Base64.getDecoder().decode(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
