package io.nimoshake.dynamodb.source;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A projection expression that selects the key attributes of a table, and others if wanted. It uses
 * placeholders because attribute names may be reserved words.
 *
 * @param expression for example {@code #k0,#k1}
 * @param names attribute name by placeholder
 */
public record KeyProjection(String expression, Map<String, String> names) {
  public static KeyProjection of(TableSchema table) {
    Map<String, String> names = new LinkedHashMap<>();
    List<KeyAttribute> key = table.key();
    for (int i = 0; i < key.size(); i++) {
      names.put("#k" + i, key.get(i).name());
    }
    return new KeyProjection(String.join(",", names.keySet()), names);
  }

  /** The same with more attributes. */
  KeyProjection and(Collection<String> attributes) {
    Map<String, String> all = new LinkedHashMap<>(names);
    for (String attribute : attributes) {
      if (!names.containsValue(attribute)) {
        all.put("#a" + all.size(), attribute);
      }
    }
    return new KeyProjection(String.join(",", all.keySet()), all);
  }
}
