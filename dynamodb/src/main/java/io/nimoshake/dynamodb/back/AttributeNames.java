package io.nimoshake.dynamodb.back;

import io.nimoshake.core.model.FieldNames;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Which attribute a field stands for: the inverse of {@link FieldNames}. Two attributes can have
 * one field name, {@code $a} and one that really begins with U+FF04. Then the map that is there
 * decides; where it has none of them, the field counts as replaced.
 */
final class AttributeNames {
  private static final char FULLWIDTH_DOLLAR = '\uFF04';
  private static final char FULLWIDTH_FULL_STOP = '\uFF0E';
  private static final char SYMBOL_FOR_NULL = '\u2400';
  private static final String ID = "_id";

  private final FieldNames names;

  AttributeNames(FieldNames names) {
    this.names = names;
  }

  /** Whether more than one attribute may have this field name. */
  boolean isAmbiguous(String field, boolean topLevel) {
    return topLevel && field.equals(names.topLevel(ID))
        || names.escape()
            && (field.indexOf(FULLWIDTH_FULL_STOP) >= 0
                || field.indexOf(SYMBOL_FOR_NULL) >= 0
                || !field.isEmpty() && field.charAt(0) == FULLWIDTH_DOLLAR);
  }

  String attribute(String field, boolean topLevel, Map<String, AttributeValue> there) {
    if (!isAmbiguous(field, topLevel)) {
      return field;
    }
    for (String name : there.keySet()) {
      if (field.equals(topLevel ? names.topLevel(name) : names.nested(name))) {
        return name;
      }
    }
    if (topLevel && field.equals(names.topLevel(ID))) {
      return ID;
    }
    String name = field.replace(FULLWIDTH_FULL_STOP, '.').replace(SYMBOL_FOR_NULL, '\0');
    return name.charAt(0) == FULLWIDTH_DOLLAR ? "$" + name.substring(1) : name;
  }
}
