package io.nimoshake.mapping.identity;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.mapping.rule.Value;
import java.util.LinkedHashMap;
import java.util.Map;

/** A key that a person can read, of an item that need not exist. */
record ExampleKey(String table, Map<String, String> attributes) {
  /** What fills a value of which nothing is known. */
  private static final String SAMPLE = "1";

  /** A key of a region, with some values that are given. */
  static ExampleKey of(TableSchema table, KeyRegion region, Map<String, String> given) {
    Map<String, String> attributes = new LinkedHashMap<>();
    for (KeyAttribute attribute : table.key()) {
      String name = attribute.name();
      attributes.put(name, given.getOrDefault(name, sample(region.of(name))));
    }
    return new ExampleKey(table.name(), attributes);
  }

  private static String sample(Constraint constraint) {
    if (constraint instanceof Constraint.Exactly exactly) {
      return text(exactly.value());
    }
    return ((Constraint.BeginsWith) constraint).prefix() + SAMPLE;
  }

  static String text(Value value) {
    if (value instanceof Value.Text text) {
      return text.text();
    } else if (value instanceof Value.Num number) {
      return number.number().toPlainString();
    } else if (value instanceof Value.Bool bool) {
      return String.valueOf(bool.value());
    }
    return "null";
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    attributes.forEach(
        (name, value) ->
            text.append(text.length() == 1 ? "" : ", ")
                .append(name)
                .append(": \"")
                .append(value)
                .append('"'));
    return text.append("} of table ").append(table).toString();
  }
}
