package io.nimoshake.dynamodb.filter;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What DynamoDB refuses without looking at any item, although it is well written. Observed with
 * DynamoDB Local 3.3.1, which has the service's parser.
 */
final class StaticChecks {
  private static final int MAX_IN = 100;
  private static final Set<String> WITH_ORDER = Set.of("S", "N", "B");
  private static final Set<String> WITH_PREFIX = Set.of("S", "B");
  private static final Set<String> WITH_SIZE = Set.of("S", "B", "SS", "NS", "BS", "L", "M");
  private static final Set<String> ALL_TYPES =
      Set.of("S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M");
  private static final Map<String, Integer> OPERANDS =
      Map.of(
          "attribute_exists", 1,
          "attribute_not_exists", 1,
          "attribute_type", 2,
          "begins_with", 2,
          "contains", 2,
          "size", 1);

  private StaticChecks() {}

  /** Checks that a function exists and has the right number of operands. */
  static void count(Token function, List<Operand> operands) throws InvalidFilterException {
    Integer wanted = OPERANDS.get(function.text());
    if (wanted == null) {
      throw new InvalidFilterException(
          "has an unknown function "
              + function.text()
              + ": functions are "
              + String.join(", ", OPERANDS.keySet().stream().sorted().toList()));
    }
    if (operands.size() != wanted) {
      throw new InvalidFilterException(
          "gives " + function.text() + " " + operands.size() + " operands instead of " + wanted);
    }
  }

  /** No other operand may be the path of the first one. */
  static void distinct(String operator, Operand first, List<Operand> others)
      throws InvalidFilterException {
    if (first instanceof Operand.AtPath && others.contains(first)) {
      throw new InvalidFilterException("compares an attribute with itself by " + operator);
    }
  }

  /** An operand that is compared with {@code <} must have an order. */
  static void ordered(String operator, Operand operand) throws InvalidFilterException {
    requireType(operator, operand, WITH_ORDER);
  }

  /** Checks the bounds of BETWEEN. */
  static void bounds(Operand lower, Operand upper) throws InvalidFilterException {
    ordered("BETWEEN", lower);
    ordered("BETWEEN", upper);
    if (lower instanceof Operand.Given from && upper instanceof Operand.Given to) {
      Optional<Integer> order = from.value().compareTo(to.value());
      if (order.isEmpty()) {
        throw new InvalidFilterException(
            "has a BETWEEN whose bounds are of the types "
                + from.value().type()
                + " and "
                + to.value().type());
      }
      if (order.get() > 0) {
        throw new InvalidFilterException("has a BETWEEN whose lower bound is above the upper one");
      }
    }
  }

  static void in(List<Operand> others) throws InvalidFilterException {
    if (others.size() > MAX_IN) {
      throw new InvalidFilterException("has an IN with more than " + MAX_IN + " operands");
    }
  }

  static Operand size(Operand operand) throws InvalidFilterException {
    requireType("size", operand, WITH_SIZE);
    return new Operand.SizeOf(operand);
  }

  static Condition beginsWith(Operand operand, Operand prefix) throws InvalidFilterException {
    requireType("begins_with", operand, WITH_PREFIX);
    requireType("begins_with", prefix, WITH_PREFIX);
    return new Condition.BeginsWith(operand, prefix);
  }

  static Condition ofType(Operand operand, Operand type) throws InvalidFilterException {
    if (type instanceof Operand.Given given
        && given.value() instanceof Value.Text text
        && ALL_TYPES.contains(text.text())) {
      return new Condition.OfType(operand, text.text());
    }
    throw new InvalidFilterException(
        "needs a value such as :type as the second operand of attribute_type, of type S: one of "
            + String.join(", ", ALL_TYPES.stream().sorted().toList()));
  }

  private static void requireType(String operator, Operand operand, Set<String> allowed)
      throws InvalidFilterException {
    Optional<String> type = operand.fixedType();
    if (type.isPresent() && !allowed.contains(type.get())) {
      throw new InvalidFilterException(
          "gives " + operator + " a value of type " + type.get() + ", which it does not take");
    }
  }
}
