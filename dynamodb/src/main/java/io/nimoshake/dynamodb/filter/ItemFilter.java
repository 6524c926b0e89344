package io.nimoshake.dynamodb.filter;

import java.util.Map;
import java.util.Set;

/** Decides whether an item passes a filter expression, as Scan does. Thread-safe. */
public final class ItemFilter {
  private final Condition condition;
  private final Set<String> attributes;

  ItemFilter(Condition condition, Set<String> attributes) {
    this.condition = condition;
    this.attributes = Set.copyOf(attributes);
  }

  /**
   * Reads an expression.
   *
   * @param names attribute name by placeholder, such as {@code #name}
   * @param values value by placeholder, such as {@code :value}
   * @throws InvalidFilterException if DynamoDB would refuse it, also because a name or value is
   *     missing or not used
   */
  public static ItemFilter parse(
      String expression, Map<String, String> names, Map<String, Value> values)
      throws InvalidFilterException {
    return ExpressionParser.parse(expression, names, values);
  }

  /** The top-level attributes that the expression looks at. */
  public Set<String> attributes() {
    return attributes;
  }

  /**
   * Whether an item passes.
   *
   * @param item the values of {@link #attributes}; an attribute that the item does not have is
   *     absent
   */
  public boolean passes(Map<String, Value> item) {
    return condition.holds(item);
  }
}
