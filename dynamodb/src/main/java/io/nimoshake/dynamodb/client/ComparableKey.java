package io.nimoshake.dynamodb.client;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Makes keys of SDK objects comparable: equal keys become equal maps. */
public final class ComparableKey {
  private ComparableKey() {}

  /** The key with its numbers in one spelling: 1, 1.0 and 1E0 are the same key. */
  public static Map<String, AttributeValue> of(Map<String, AttributeValue> key) {
    Map<String, AttributeValue> same = new HashMap<>(key);
    same.replaceAll(
        (name, value) ->
            value.n() == null
                ? value
                : AttributeValue.fromN(new BigDecimal(value.n()).stripTrailingZeros().toString()));
    return same;
  }

  /** The key of an item whose key attributes have these names. */
  public static Map<String, AttributeValue> of(
      Map<String, AttributeValue> item, Iterable<String> names) {
    Map<String, AttributeValue> key = new HashMap<>();
    names.forEach(name -> key.put(name, item.get(name)));
    return of(key);
  }
}
