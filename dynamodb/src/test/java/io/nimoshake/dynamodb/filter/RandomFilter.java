package io.nimoshake.dynamodb.filter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Random items and expressions about them. Most expressions are valid; some are nearly so. */
final class RandomFilter {
  private static final List<String> ATTRIBUTES = List.of("a", "b", "c_1", "D", "contains");
  private static final List<String> NESTED = List.of("a", "k");
  private static final List<String> TYPES =
      List.of("S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M");
  private static final List<String> WITH_ORDER = List.of("S", "N", "B");
  private static final List<String> TEXTS =
      List.of("", "a", "ab", "aba", "b", "B", "é", "\uFFEE", "\uD800\uDC00", "S", "NS");
  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-0.0",
          "1",
          "1.0",
          "2",
          "3",
          "-1",
          "10",
          "1E1",
          "0.1",
          "12345678901234567890123456789012345678",
          "12345678901234567890123456789012345679",
          "0.12345678901234567890123456789012345678",
          "1E-130",
          "-9.9999999999999999999999999999999999999E+125");
  private static final byte[][] BYTES = {{}, {0}, {1}, {1, 2}, {2}, {(byte) 0x80}, {(byte) 0xFF}};

  private final Random random;
  private Map<String, String> names;
  private Map<String, AttributeValue> values;

  RandomFilter(Random random) {
    this.random = random;
  }

  /** An expression with all that it needs. */
  record Given(String expression, Map<String, String> names, Map<String, AttributeValue> values) {}

  Map<String, AttributeValue> item(int key) {
    Map<String, AttributeValue> item = new HashMap<>();
    for (String attribute : ATTRIBUTES) {
      if (random.nextInt(4) > 0) {
        List<String> usual = TYPES.stream().filter(t -> usualOf(t).equals(attribute)).toList();
        item.put(attribute, oneIn(4) ? value(2) : value(oneOf(usual), 2));
      }
    }
    item.put("h", AttributeValue.fromS("key" + key));
    return item;
  }

  Given next() {
    names = new LinkedHashMap<>();
    values = new LinkedHashMap<>();
    String expression = condition(2);
    if (oneIn(60)) {
      values.put(":unused", AttributeValue.fromN("1"));
    }
    if (oneIn(60)) {
      names.put("#unused", "a");
    }
    if (oneIn(60)) {
      values.remove(":v0");
    }
    if (oneIn(30)) {
      expression = damaged(expression);
    }
    return new Given(expression, names, values);
  }

  private boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }

  private <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** Removes or doubles a piece, or puts something in. */
  private String damaged(String expression) {
    int from = random.nextInt(expression.length());
    int to = Math.min(expression.length(), from + 1 + random.nextInt(3));
    String piece = expression.substring(from, to);
    String instead =
        switch (random.nextInt(3)) {
          case 0 -> "";
          case 1 -> piece + piece;
          default -> oneOf(List.of("(", ")", " NOT ", ",", ".", "[0]", " = ", "%", "x", "é", " "));
        };
    return expression.substring(0, from) + instead + expression.substring(to);
  }

  private String condition(int depth) {
    if (depth > 0 && random.nextInt(3) > 0) {
      String left = condition(depth - 1);
      return switch (random.nextInt(5)) {
        case 0 -> left + word(" AND ") + condition(depth - 1);
        case 1 -> left + word(" OR ") + condition(depth - 1);
        case 2 -> word("NOT ") + left;
        case 3 -> oneIn(8) ? "((" + left + "))" : "(" + left + ")";
        default -> word("NOT ") + "(" + left + ") " + word("AND ") + condition(depth - 1);
      };
    }
    String type = oneOf(oneIn(6) ? TYPES : WITH_ORDER);
    return switch (random.nextInt(14)) {
      case 0, 1 -> of(type) + oneOf(List.of("=", " <> ")) + of(type);
      case 2, 3 -> of(type) + oneOf(List.of("<", "<=", " > ", ">= ")) + of(type);
      case 4, 5 -> of(type) + word(" BETWEEN ") + of(type) + word(" AND ") + of(type);
      case 6 -> of(type) + word(" IN ") + "(" + several(type) + ")";
      case 7 -> "attribute_exists(" + mostly(this::path) + ")";
      case 8 -> "attribute_not_exists( " + mostly(this::path) + " )";
      case 9 -> "attribute_type(" + operand() + ", " + type() + ")";
      case 10 -> begins(random.nextBoolean() ? "S" : "B");
      case 11, 12 -> contains(oneOf(WITH_ORDER));
      default -> "size(" + mostly(this::path) + ") " + oneOf(List.of("=", "<", ">")) + number();
    };
  }

  private String begins(String type) {
    return "begins_with(" + pathOf(type) + "," + of(type) + ")";
  }

  private String contains(String type) {
    String whole = oneOf(List.of(type, type + "S", "L", "M"));
    return "contains (" + pathOf(whole) + ", " + of(type) + ")";
  }

  private String several(String type) {
    return IntStream.rangeClosed(0, random.nextInt(4))
        .mapToObj(i -> of(type))
        .collect(Collectors.joining(", "));
  }

  /** Keywords in any case. */
  private String word(String keyword) {
    return oneIn(4) ? keyword.toLowerCase(java.util.Locale.ROOT) : keyword;
  }

  private String mostly(Supplier<String> usual) {
    return oneIn(12) ? operand() : usual.get();
  }

  /** An operand that often has this type. */
  private String of(String type) {
    if (oneIn(12)) {
      return operand();
    }
    return random.nextBoolean() ? pathOf(type) : given(value(type, 1));
  }

  /** A path to an attribute that often has this type. */
  private String pathOf(String type) {
    return oneIn(4) ? path() : name(usualOf(type));
  }

  private static String usualOf(String type) {
    return switch (type) {
      case "S" -> "a";
      case "N" -> "b";
      case "B" -> "c_1";
      case "SS", "NS", "BS" -> "contains";
      default -> "D";
    };
  }

  private String operand() {
    String operand =
        switch (random.nextInt(12)) {
          case 0, 1, 2, 3, 4, 5 -> path();
          case 6 -> "size(" + mostly(this::path) + ")";
          case 7 -> number();
          default -> given(value(1));
        };
    if (oneIn(15)) {
      return "(" + operand + ")";
    }
    return oneIn(150)
        ? oneOf(List.of("foo(a)", "status", "a.name", "attribute_exists(b)"))
        : operand;
  }

  private String number() {
    return given(AttributeValue.fromN(String.valueOf(random.nextInt(3))));
  }

  private String type() {
    return oneIn(20) ? operand() : given(AttributeValue.fromS(oneOf(TYPES)));
  }

  private String given(AttributeValue value) {
    String placeholder = ":v" + (oneIn(4) && !values.isEmpty() ? 0 : values.size());
    values.putIfAbsent(placeholder, value);
    return placeholder;
  }

  private String path() {
    StringBuilder path = new StringBuilder(name(oneOf(ATTRIBUTES)));
    for (int more = random.nextInt(4); more > 1; more--) {
      path.append(random.nextBoolean() ? "." + name(oneOf(NESTED)) : "[" + random.nextInt(2) + "]");
    }
    return path.toString();
  }

  private String name(String attribute) {
    if (random.nextInt(3) > 0) {
      return attribute;
    }
    names.put("#" + attribute, attribute);
    return "#" + attribute;
  }

  private AttributeValue value(int depth) {
    return value(oneOf(TYPES.subList(0, depth > 0 ? TYPES.size() : 8)), depth);
  }

  private AttributeValue value(String type, int depth) {
    return switch (type) {
      case "S" -> AttributeValue.fromS(oneOf(TEXTS));
      case "N" -> AttributeValue.fromN(oneOf(NUMBERS));
      case "B" -> AttributeValue.fromB(bytes());
      case "BOOL" -> AttributeValue.fromBool(random.nextBoolean());
      case "NULL" -> AttributeValue.fromNul(true);
      case "SS" -> AttributeValue.fromSs(some(() -> oneOf(TEXTS)));
      case "NS" -> AttributeValue.fromNs(some(() -> String.valueOf(random.nextInt(4))));
      case "BS" -> AttributeValue.fromBs(some(this::bytes));
      case "L" -> {
        List<AttributeValue> elements = new ArrayList<>();
        for (int i = depth > 0 ? random.nextInt(3) : 0; i > 0; i--) {
          elements.add(value(depth - 1));
        }
        yield AttributeValue.fromL(elements);
      }
      default -> {
        Map<String, AttributeValue> attributes = new HashMap<>();
        for (int i = depth > 0 ? random.nextInt(3) : 0; i > 0; i--) {
          attributes.put(oneOf(NESTED), value(depth - 1));
        }
        yield AttributeValue.fromM(attributes);
      }
    };
  }

  private SdkBytes bytes() {
    return SdkBytes.fromByteArray(BYTES[random.nextInt(BYTES.length)]);
  }

  private <T> List<T> some(Supplier<T> element) {
    return java.util.stream.Stream.generate(element)
        .limit(1 + random.nextInt(2))
        .distinct()
        .toList();
  }
}
