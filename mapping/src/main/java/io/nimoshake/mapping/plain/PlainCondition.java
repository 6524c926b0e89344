package io.nimoshake.mapping.plain;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.mapping.rule.AttributePath;
import io.nimoshake.mapping.rule.Condition;
import io.nimoshake.mapping.rule.Test;
import io.nimoshake.mapping.rule.Truth;
import io.nimoshake.mapping.rule.Value;
import io.nimoshake.mapping.rule.ValueKind;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonType;
import org.bson.BsonValue;

/** Whether a condition holds for a whole item, or what is known of that from its key. */
final class PlainCondition {
  private final FieldNames names;
  private final BsonDocument item;

  PlainCondition(FieldNames names, BsonDocument item) {
    this.names = names;
    this.item = item;
  }

  boolean holds(Condition condition) {
    return condition.evaluate(leaf -> Truth.of(passes(find(leaf.path()), leaf.test())))
        == Truth.TRUE;
  }

  /** Whether it holds for the items of a key, of which nothing else is known. */
  Truth ofKey(Condition condition, Set<String> keyNames) {
    return condition.evaluate(
        leaf ->
            keyNames.contains(leaf.path().top())
                ? Truth.of(passes(find(leaf.path()), leaf.test()))
                : Truth.UNKNOWN);
  }

  private Optional<BsonValue> find(AttributePath path) {
    BsonValue value = item;
    for (int i = 0; i < path.depth(); i++) {
      if (value == null || !value.isDocument()) {
        return Optional.empty();
      }
      String name = path.names().get(i);
      value = value.asDocument().get(i == 0 ? names.topLevel(name) : names.nested(name));
    }
    return Optional.ofNullable(value);
  }

  private static boolean passes(Optional<BsonValue> found, Test test) {
    if (test instanceof Test.Exists exists) {
      return found.isPresent() == exists.there();
    }
    return found.isPresent() && passes(found.get(), test);
  }

  private static boolean passes(BsonValue value, Test test) {
    if (test instanceof Test.Equal equal) {
      return isEqual(value, equal.value());
    } else if (test instanceof Test.In in) {
      return in.values().stream().anyMatch(one -> isEqual(value, one));
    } else if (test instanceof Test.BeginsWith begins) {
      return value.isString() && value.asString().getValue().startsWith(begins.prefix());
    } else if (test instanceof Test.OfKind of) {
      return kind(value.getBsonType()).filter(of.kind()::equals).isPresent();
    } else if (test instanceof Test.Matches matches) {
      return value.isString() && matches.pattern().matcher(value.asString().getValue()).find();
    } else if (test instanceof Test.Compare compare) {
      return order(value, compare.bound()).filter(compare.comparison()::holds).isPresent();
    }
    throw new IllegalStateException("a test that nobody knows: " + test);
  }

  private static boolean isEqual(BsonValue value, Value expected) {
    if (expected instanceof Value.Bool bool) {
      return value.isBoolean() && value.asBoolean().getValue() == bool.value();
    } else if (expected instanceof Value.Null) {
      return value.isNull();
    }
    return order(value, expected).equals(Optional.of(0));
  }

  /** How a value and a bound of the same kind are ordered. */
  private static Optional<Integer> order(BsonValue value, Value bound) {
    if (bound instanceof Value.Text text && value.isString()) {
      byte[] a = value.asString().getValue().getBytes(StandardCharsets.UTF_8);
      byte[] b = text.text().getBytes(StandardCharsets.UTF_8);
      return Optional.of(Integer.signum(Arrays.compareUnsigned(a, b)));
    } else if (bound instanceof Value.Num number) {
      return PlainNumbers.of(value).map(n -> n.compareTo(number.number()));
    }
    return Optional.empty();
  }

  /** Empty for what no item has, and applications write. */
  private static Optional<ValueKind> kind(BsonType type) {
    return switch (type) {
      case STRING -> Optional.of(ValueKind.STRING);
      case INT32, INT64, DOUBLE, DECIMAL128 -> Optional.of(ValueKind.NUMBER);
      case BINARY -> Optional.of(ValueKind.BINARY);
      case BOOLEAN -> Optional.of(ValueKind.BOOL);
      case NULL -> Optional.of(ValueKind.NULL);
      case DOCUMENT -> Optional.of(ValueKind.MAP);
      case ARRAY -> Optional.of(ValueKind.LIST);
      default -> Optional.empty();
    };
  }

  /** Numbers of BSON. */
  static final class PlainNumbers {
    private PlainNumbers() {}

    static Optional<BigDecimal> of(BsonValue value) {
      if (value.isInt32()) {
        return Optional.of(BigDecimal.valueOf(value.asInt32().getValue()));
      } else if (value.isInt64()) {
        return Optional.of(BigDecimal.valueOf(value.asInt64().getValue()));
      } else if (value.isDouble() && Double.isFinite(value.asDouble().getValue())) {
        return Optional.of(new BigDecimal(Double.toString(value.asDouble().getValue())));
      } else if (value.isDecimal128() && value.asDecimal128().getValue().isFinite()) {
        return Optional.of(new BigDecimal(value.asDecimal128().getValue().toString()));
      }
      return Optional.empty();
    }
  }
}
