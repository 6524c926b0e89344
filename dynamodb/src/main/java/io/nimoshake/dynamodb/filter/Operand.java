package io.nimoshake.dynamodb.filter;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

/** What a condition looks at. */
sealed interface Operand {
  /** Its value for an item; empty if the item has none. */
  Optional<Value> of(Map<String, Value> item);

  /** The type that it always has; empty if that depends on the item. */
  Optional<String> fixedType();

  /** A place in the item. */
  record AtPath(DocumentPath path) implements Operand {
    @Override
    public Optional<Value> of(Map<String, Value> item) {
      return path.find(item);
    }

    @Override
    public Optional<String> fixedType() {
      return Optional.empty();
    }
  }

  /** A value that was given with the expression. */
  record Given(Value value) implements Operand {
    @Override
    public Optional<Value> of(Map<String, Value> item) {
      return Optional.of(value);
    }

    @Override
    public Optional<String> fixedType() {
      return Optional.of(value.type());
    }
  }

  /** The size of another operand; none if that has no size. */
  record SizeOf(Operand operand) implements Operand {
    @Override
    public Optional<Value> of(Map<String, Value> item) {
      return operand
          .of(item)
          .flatMap(
              value ->
                  value.size().isPresent()
                      ? Optional.of(new Value.Num(BigDecimal.valueOf(value.size().getAsInt())))
                      : Optional.empty());
    }

    @Override
    public Optional<String> fixedType() {
      return Optional.of("N");
    }
  }
}
