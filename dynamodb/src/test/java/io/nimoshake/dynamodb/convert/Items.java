package io.nimoshake.dynamodb.convert;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Random items of every kind that DynamoDB allows; values that are hard to convert are more
 * frequent. The same seed makes the same item.
 */
final class Items {
  private static final int MOST_LEVELS = 4;
  private static final List<String> PLAIN_NAMES =
      List.of("a", "b", "c", "name", "a long name of an attribute", "_id");
  private static final List<String> HARD_NAMES =
      List.of(
          "pre_id",
          "$a",
          "\uFF04a",
          "a.b",
          "a\uFF0Eb",
          "\0",
          "\u2400",
          "$",
          ".",
          "id",
          "n",
          "a\"b",
          "a\\nb");
  private static final List<String> HARD_TEXTS =
      List.of(
          "\"",
          "\\",
          "/",
          "\n",
          "\0",
          "\u001F",
          " ",
          "\u007F",
          "\u0080",
          "\u00e9",
          "\u07FF",
          "\u0800",
          "\u6771\u4eac",
          "\uD7FF",
          "\uE000",
          "\uFFFF",
          "\uD800\uDC00",
          "\uD83D\uDE00",
          "\uDBFF\uDFFF");
  private static final List<String> HARD_NUMBERS =
      List.of(
          "0",
          "-0",
          "0.0",
          "2147483647",
          "2147483648",
          "-2147483648",
          "-2147483649",
          "999999999999999999",
          "1000000000000000000",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775808",
          "-9223372036854775809",
          "9999999999999999999",
          "10000000000000000000",
          "18446744073709551616",
          "1E125",
          "1E-130",
          "0.1",
          "1E33",
          "1E34",
          "9007199254740993",
          "9999999999999999999999999999999999",
          "99999999999999999999999999999999999",
          "9.9999999999999999999999999999999999999E+125");

  /** A key number; no two of these have the same double. */
  private static final int KEY_DIGITS = 15;

  private final Random random;

  private Items(long seed) {
    random = new Random(seed);
  }

  /** An item whose key is the string {@code id} and the number {@code n} of at most 15 digits. */
  static Attr.M keyed(long seed) {
    Items items = new Items(seed);
    Map<String, Attr> entries = new LinkedHashMap<>();
    int count = items.random.nextInt(9);
    int idAt = items.random.nextInt(count + 1);
    int numberAt = items.random.nextInt(count + 1);
    for (int i = 0; i <= count; i++) {
      if (i == idAt) {
        entries.put("id", new Attr.S(items.text()));
      }
      if (i == numberAt) {
        entries.put("n", new Attr.N(items.number(KEY_DIGITS)));
      }
      String name = items.name();
      if (!name.equals("id") && !name.equals("n")) {
        entries.put(name, items.value(0));
      }
    }
    return new Attr.M(entries);
  }

  private <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private Attr value(int level) {
    int kind = random.nextInt(level < MOST_LEVELS ? 20 : 16);
    if (kind < 4) {
      return new Attr.S(text());
    } else if (kind < 10) {
      return new Attr.N(number(38));
    } else if (kind < 12) {
      return binary();
    } else if (kind < 13) {
      return new Attr.Bool(random.nextBoolean());
    } else if (kind < 14) {
      return new Attr.Nul();
    } else if (kind < 16) {
      return set();
    } else if (kind < 18) {
      List<Attr> elements = new ArrayList<>();
      for (int i = random.nextInt(6); i > 0; i--) {
        elements.add(value(level + 1));
      }
      return new Attr.L(elements);
    }
    Map<String, Attr> entries = new LinkedHashMap<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      entries.put(name(), value(level + 1));
    }
    return new Attr.M(entries);
  }

  private Attr set() {
    return switch (random.nextInt(3)) {
      case 0 -> set("SS", () -> new Attr.S(text()));
      case 1 -> set("NS", () -> new Attr.N(number(38)));
      default -> set("BS", this::binary);
    };
  }

  private Attr set(String descriptor, Supplier<Attr> make) {
    Set<ItemValue> seen = new HashSet<>();
    List<Attr> elements = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      Attr element = make.get();
      if (seen.add(element.meaning())) {
        elements.add(element);
      }
    }
    return new Attr.Multi(descriptor, elements);
  }

  private Attr binary() {
    List<Byte> bytes = new ArrayList<>();
    for (int i = random.nextInt(20); i > 0; i--) {
      bytes.add((byte) random.nextInt());
    }
    return new Attr.B(bytes);
  }

  private String name() {
    return switch (random.nextInt(6)) {
      case 0 -> oneOf(HARD_NAMES);
      case 1 -> "x" + text();
      default -> oneOf(PLAIN_NAMES);
    };
  }

  /** Random text; characters that are special in JSON or UTF-8 are more frequent. */
  private String text() {
    StringBuilder text = new StringBuilder();
    for (int pieces = random.nextInt(5); pieces > 0; pieces--) {
      switch (random.nextInt(5)) {
        case 0 -> text.append(oneOf(HARD_TEXTS));
        case 1 -> text.appendCodePoint(codePoint());
        default -> {
          for (int i = random.nextInt(14); i > 0; i--) {
            text.append((char) (' ' + random.nextInt(95)));
          }
        }
      }
    }
    return text.toString();
  }

  private int codePoint() {
    int c = random.nextInt(Character.MAX_CODE_POINT + 1);
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? '?' : c;
  }

  /** A valid DynamoDB number of at most this many digits, in any spelling. */
  private String number(int mostDigits) {
    int kind = random.nextInt(10);
    if (kind < 2) {
      String hard = oneOf(HARD_NUMBERS);
      return new BigDecimal(hard).precision() <= mostDigits ? hard : "7";
    } else if (kind < 5) {
      return String.valueOf(random.nextInt(200_000) - 100_000);
    } else if (kind < 6 && mostDigits >= 19) {
      return String.valueOf(random.nextLong());
    }
    return spelled(mostDigits);
  }

  private String spelled(int mostDigits) {
    StringBuilder digits = new StringBuilder(random.nextInt(3) == 0 ? "-" : "");
    for (int i = random.nextInt(mostDigits); i >= 0; i--) {
      digits.append(random.nextInt(3) == 0 ? '0' : (char) ('0' + random.nextInt(10)));
    }
    BigDecimal unscaled = new BigDecimal(digits.toString());
    if (unscaled.signum() == 0) {
      return digits.toString();
    }
    // In most numbers the point is near the digits.
    int magnitude = random.nextBoolean() ? random.nextInt(256) - 130 : random.nextInt(30) - 8;
    BigDecimal n = unscaled.scaleByPowerOfTen(magnitude - unscaled.precision() + 1);
    return switch (random.nextInt(4)) {
      case 0 -> n.toString();
      case 1 ->
          (n.signum() < 0 ? "-" : "+")
              + "0"
              + n.abs().unscaledValue()
              + (random.nextBoolean() ? "e" : "E")
              + (n.scale() > 0 ? "-" : "+")
              + Math.abs(n.scale());
      default -> n.toPlainString();
    };
  }
}
