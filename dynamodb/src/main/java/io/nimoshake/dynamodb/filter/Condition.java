package io.nimoshake.dynamodb.filter;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A condition on an item. It holds or it does not; there is no third state. A comparison with an
 * operand that the item does not have, or that has another type, does not hold; {@code <>} then
 * does.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html">
 *     Amazon DynamoDB Developer Guide, Condition and filter expressions, operators, and
 *     functions</a>
 */
sealed interface Condition {
  boolean holds(Map<String, Value> item);

  record Equal(Operand left, Operand right) implements Condition {
    @Override
    public boolean holds(Map<String, Value> item) {
      Optional<Value> value = left.of(item);
      return value.isPresent() && value.equals(right.of(item));
    }
  }

  /** One of {@code < <= > >=}. */
  record Ordered(Operand left, Order order, Operand right) implements Condition {
    @Override
    public boolean holds(Map<String, Value> item) {
      Optional<Value> value = left.of(item);
      Optional<Value> bound = right.of(item);
      return value.isPresent() && bound.isPresent() && order.holds(value.get(), bound.get());
    }
  }

  /** How two values must be ordered. */
  enum Order {
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL;

    boolean holds(Value value, Value bound) {
      Optional<Integer> difference = value.compareTo(bound);
      if (difference.isEmpty()) {
        return false;
      }
      int sign = difference.get();
      return switch (this) {
        case LESS -> sign < 0;
        case LESS_OR_EQUAL -> sign <= 0;
        case GREATER -> sign > 0;
        case GREATER_OR_EQUAL -> sign >= 0;
      };
    }
  }

  record In(Operand operand, List<Operand> others) implements Condition {
    @Override
    public boolean holds(Map<String, Value> item) {
      Optional<Value> value = operand.of(item);
      return value.isPresent() && others.stream().anyMatch(other -> value.equals(other.of(item)));
    }
  }

  record Exists(DocumentPath path) implements Condition {
    @Override
    public boolean holds(Map<String, Value> item) {
      return path.find(item).isPresent();
    }
  }

  record OfType(Operand operand, String type) implements Condition {
    @Override
    public boolean holds(Map<String, Value> item) {
      return operand.of(item).filter(value -> value.type().equals(type)).isPresent();
    }
  }

  record BeginsWith(Operand operand, Operand prefix) implements Condition {
    @Override
    public boolean holds(Map<String, Value> item) {
      Optional<Value> value = operand.of(item);
      Optional<Value> start = prefix.of(item);
      return value.isPresent() && start.isPresent() && value.get().beginsWith(start.get());
    }
  }

  record Contains(Operand operand, Operand part) implements Condition {
    @Override
    public boolean holds(Map<String, Value> item) {
      Optional<Value> value = operand.of(item);
      Optional<Value> wanted = part.of(item);
      return value.isPresent() && wanted.isPresent() && value.get().contains(wanted.get());
    }
  }

  record And(Condition left, Condition right) implements Condition {
    @Override
    public boolean holds(Map<String, Value> item) {
      return left.holds(item) && right.holds(item);
    }
  }

  record Or(Condition left, Condition right) implements Condition {
    @Override
    public boolean holds(Map<String, Value> item) {
      return left.holds(item) || right.holds(item);
    }
  }

  record Not(Condition condition) implements Condition {
    @Override
    public boolean holds(Map<String, Value> item) {
      return !condition.holds(item);
    }
  }
}
