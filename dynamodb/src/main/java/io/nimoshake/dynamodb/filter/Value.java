package io.nimoshake.dynamodb.filter;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A value of an attribute. Two values are equal if DynamoDB's {@code =} says so: numbers by value,
 * sets without order.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html">
 *     Amazon DynamoDB Developer Guide, Data types</a>
 */
public sealed interface Value {
  /** DynamoDB's name of the type, such as {@code SS}. */
  String type();

  /** The type of texts. */
  record Text(String text) implements Value {
    @Override
    public String type() {
      return "S";
    }
  }

  /** The type of numbers. */
  record Num(BigDecimal number) implements Value {
    public Num {
      number = normal(number);
    }

    @Override
    public String type() {
      return "N";
    }
  }

  /** The type of binary values. */
  record Binary(ByteBuffer bytes) implements Value {
    @Override
    public String type() {
      return "B";
    }
  }

  record Bool(boolean value) implements Value {
    @Override
    public String type() {
      return "BOOL";
    }
  }

  record Null() implements Value {
    @Override
    public String type() {
      return "NULL";
    }
  }

  record ListOf(List<Value> elements) implements Value {
    @Override
    public String type() {
      return "L";
    }
  }

  record MapOf(Map<String, Value> attributes) implements Value {
    @Override
    public String type() {
      return "M";
    }
  }

  /**
   * A set.
   *
   * @param elementType S, N or B
   */
  record SetOf(String elementType, Set<Value> elements) implements Value {
    @Override
    public String type() {
      return elementType + "S";
    }
  }

  /** Equal numbers must be equal objects, whatever their scale. */
  private static BigDecimal normal(BigDecimal number) {
    return number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
  }

  /** Converts a value of the SDK. */
  static Value of(AttributeValue value) {
    return switch (value.type()) {
      case S -> new Text(value.s());
      case N -> new Num(new BigDecimal(value.n()));
      case B -> new Binary(value.b().asByteBuffer());
      case BOOL -> new Bool(value.bool());
      case NUL -> new Null();
      case M ->
          new MapOf(
              value.m().entrySet().stream()
                  .collect(Collectors.toMap(Map.Entry::getKey, entry -> of(entry.getValue()))));
      case L -> new ListOf(value.l().stream().map(Value::of).toList());
      case SS -> new SetOf("S", value.ss().stream().map(Text::new).collect(Collectors.toSet()));
      case NS ->
          new SetOf(
              "N",
              value.ns().stream()
                  .map(number -> new Num(new BigDecimal(number)))
                  .collect(Collectors.toSet()));
      case BS ->
          new SetOf(
              "B",
              value.bs().stream()
                  .map(bytes -> new Binary(bytes.asByteBuffer()))
                  .collect(Collectors.toSet()));
      case UNKNOWN_TO_SDK_VERSION -> throw new IllegalArgumentException("a value without a type");
    };
  }

  /**
   * How this value and another one are ordered: numbers by value, texts by their UTF-8 bytes,
   * binary values by their unsigned bytes. Empty if the types differ or have no order.
   */
  default Optional<Integer> compareTo(Value other) {
    if (this instanceof Num one && other instanceof Num two) {
      return Optional.of(one.number().compareTo(two.number()));
    }
    if (this instanceof Text one && other instanceof Text two) {
      return Optional.of(Arrays.compareUnsigned(utf8(one), utf8(two)));
    }
    if (this instanceof Binary one && other instanceof Binary two) {
      return Optional.of(Arrays.compareUnsigned(array(one), array(two)));
    }
    return Optional.empty();
  }

  /**
   * What {@code size()} returns; empty for types without a size. The size of a text is its number
   * of UTF-16 units, as in DynamoDB Local 3.3.1; AWS documents only "the length of the string".
   */
  default OptionalInt size() {
    if (this instanceof Text text) {
      return OptionalInt.of(text.text().length());
    } else if (this instanceof Binary binary) {
      return OptionalInt.of(binary.bytes().remaining());
    } else if (this instanceof ListOf list) {
      return OptionalInt.of(list.elements().size());
    } else if (this instanceof MapOf map) {
      return OptionalInt.of(map.attributes().size());
    } else if (this instanceof SetOf set) {
      return OptionalInt.of(set.elements().size());
    }
    return OptionalInt.empty();
  }

  /** Whether this is a text or a binary value that begins with the other one. */
  default boolean beginsWith(Value prefix) {
    if (this instanceof Text text && prefix instanceof Text start) {
      return text.text().startsWith(start.text());
    }
    if (this instanceof Binary binary && prefix instanceof Binary start) {
      int length = start.bytes().remaining();
      return length <= binary.bytes().remaining()
          && binary.bytes().slice(binary.bytes().position(), length).equals(start.bytes());
    }
    return false;
  }

  /** Whether a part of this text or binary value, or an element of this set or list, equals it. */
  default boolean contains(Value part) {
    if (this instanceof Text text) {
      return part instanceof Text other && text.text().contains(other.text());
    } else if (this instanceof Binary binary) {
      return part instanceof Binary other && contains(array(binary), array(other));
    } else if (this instanceof SetOf set) {
      return set.elements().contains(part);
    } else if (this instanceof ListOf list) {
      return list.elements().contains(part);
    }
    return false;
  }

  private static boolean contains(byte[] whole, byte[] part) {
    for (int at = 0; at + part.length <= whole.length; at++) {
      if (Arrays.equals(whole, at, at + part.length, part, 0, part.length)) {
        return true;
      }
    }
    return false;
  }

  private static byte[] utf8(Text text) {
    return text.text().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] array(Binary binary) {
    byte[] array = new byte[binary.bytes().remaining()];
    binary.bytes().duplicate().get(array);
    return array;
  }
}
