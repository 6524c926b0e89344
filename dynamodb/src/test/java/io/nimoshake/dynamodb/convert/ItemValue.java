package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.Slice;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A DynamoDB value that equals another exactly if both mean the same to DynamoDB: numbers by value,
 * maps and sets without order. Made for comparing, not for speed.
 */
public sealed interface ItemValue {
  record Text(String text) implements ItemValue {}

  /**
   * A number.
   *
   * @param value in any spelling; trailing zeros are removed
   */
  record Num(BigDecimal value) implements ItemValue {
    public Num {
      value = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
    }
  }

  record Bytes(Slice bytes) implements ItemValue {}

  record Bool(boolean value) implements ItemValue {}

  record Null() implements ItemValue {}

  /** A map, or a whole item. */
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

  /** A set of texts, numbers or binaries; its elements tell its type. */
  record SetOf(Set<ItemValue> elements) implements ItemValue {
    public SetOf {
      elements = Set.copyOf(elements);
    }
  }

  /**
   * A value that no conversion writes. It equals no DynamoDB value.
   *
   * @param what its BSON type, for messages
   */
  record Foreign(String what) implements ItemValue {}
}
