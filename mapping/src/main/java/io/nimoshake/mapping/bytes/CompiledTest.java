package io.nimoshake.mapping.bytes;

import io.nimoshake.mapping.rule.Test;
import io.nimoshake.mapping.rule.Value;
import io.nimoshake.mapping.rule.ValueKind;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** A test of one value that is there. {@code Exists} is asked where the value is looked for. */
interface CompiledTest {
  boolean passes(byte type, byte[] from, int at);

  static CompiledTest of(Test test) {
    if (test instanceof Test.Equal t) {
      return equal(t.value());
    } else if (test instanceof Test.In t) {
      List<CompiledTest> any = t.values().stream().map(CompiledTest::equal).toList();
      return (type, from, at) -> any.stream().anyMatch(one -> one.passes(type, from, at));
    } else if (test instanceof Test.BeginsWith t) {
      byte[] prefix = utf8(t.prefix());
      return (type, from, at) ->
          type == Elements.STRING
              && length(from, at) >= prefix.length
              && Arrays.equals(from, at + 4, at + 4 + prefix.length, prefix, 0, prefix.length);
    } else if (test instanceof Test.Exists t) {
      return (type, from, at) -> t.there();
    } else if (test instanceof Test.OfKind t) {
      return (type, from, at) -> kind(type) == t.kind();
    } else if (test instanceof Test.Matches t) {
      return (type, from, at) ->
          type == Elements.STRING && t.pattern().matcher(Numbers.string(from, at)).find();
    } else if (test instanceof Test.Compare t) {
      return compare(t);
    }
    throw new IllegalStateException("a test that nobody compiles: " + test);
  }

  private static CompiledTest equal(Value value) {
    if (value instanceof Value.Text t) {
      byte[] text = utf8(t.text());
      return (type, from, at) ->
          type == Elements.STRING
              && length(from, at) == text.length
              && Arrays.equals(from, at + 4, at + 4 + text.length, text, 0, text.length);
    } else if (value instanceof Value.Num n) {
      return (type, from, at) ->
          Numbers.isNumber(type)
              && Numbers.of(type, from, at).filter(x -> x.compareTo(n.number()) == 0).isPresent();
    } else if (value instanceof Value.Bool b) {
      return (type, from, at) -> type == Elements.BOOLEAN && (from[at] != 0) == b.value();
    } else if (value instanceof Value.Null) {
      return (type, from, at) -> type == Elements.NULL;
    }
    throw new IllegalStateException("a value that nobody compares with: " + value);
  }

  private static CompiledTest compare(Test.Compare test) {
    if (test.bound() instanceof Value.Text t) {
      byte[] bound = utf8(t.text());
      return (type, from, at) ->
          type == Elements.STRING
              && test.comparison()
                  .holds(
                      Arrays.compareUnsigned(
                          from, at + 4, at + 4 + length(from, at), bound, 0, bound.length));
    }
    BigDecimal bound = ((Value.Num) test.bound()).number();
    return (type, from, at) ->
        Numbers.isNumber(type)
            && Numbers.of(type, from, at)
                .filter(x -> test.comparison().holds(x.compareTo(bound)))
                .isPresent();
  }

  private static ValueKind kind(byte type) {
    return switch (type) {
      case Elements.STRING -> ValueKind.STRING;
      case Elements.INT32, Elements.INT64, Elements.DOUBLE, Elements.DECIMAL128 -> ValueKind.NUMBER;
      case Elements.BINARY -> ValueKind.BINARY;
      case Elements.BOOLEAN -> ValueKind.BOOL;
      case Elements.NULL -> ValueKind.NULL;
      case Elements.DOCUMENT -> ValueKind.MAP;
      case Elements.ARRAY -> ValueKind.LIST;
      default -> throw new IllegalArgumentException("no item has BSON type " + type);
    };
  }

  /** Bytes of a string value without its final zero. */
  private static int length(byte[] from, int at) {
    return Elements.int32(from, at) - 1;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
