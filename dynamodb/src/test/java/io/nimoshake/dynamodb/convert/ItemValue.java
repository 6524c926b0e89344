package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.Slice;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A DynamoDB value that is equal to another exactly if DynamoDB means the same by both: numbers by
 * value, maps and sets without order. Made for comparing, not for speed.
 */
public sealed interface ItemValue {
  record Text(String text) implements ItemValue {}

  /**
   * @param value any spelling; it is brought to the one without zeros at the end
   */
  record Num(BigDecimal value) implements ItemValue {
    public Num {
      value = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
    }
  }

  record Bytes(Slice bytes) implements ItemValue {}

  record Bool(boolean value) implements ItemValue {}

  record Null() implements ItemValue {}

  /** Also a whole item. */
  record MapOf(Map<String, ItemValue> entries) implements ItemValue {
    public MapOf {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }
  }

  record ListOf(List<ItemValue> elements) implements ItemValue {
    public ListOf {
      elements = List.copyOf(elements);
    }
  }

  /** Of texts, numbers or bytes; what they are says what kind of set it is. */
  record SetOf(Set<ItemValue> elements) implements ItemValue {
    public SetOf {
      elements = Set.copyOf(elements);
    }
  }

  /**
   * Something that no conversion writes: whoever put it there, it equals no DynamoDB value.
   *
   * @param what its BSON type, for a person
   */
  record Foreign(String what) implements ItemValue {}
}
