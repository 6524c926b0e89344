package io.nimoshake.setup.config;

import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the values of a key, and describes which values are allowed.
 *
 * @param description what a value looks like, for documentation: "whole number from 1 to 10"
 * @param parser turns a text that is not empty into a value, or says what is wrong with it
 */
record ValueType<T>(String description, Parser<T> parser) {
  private static final Pattern AMOUNT = Pattern.compile("(\\d{1,15})\\s*([a-zA-Z%]*)");
  private static final Pattern TABLE_PATTERN = Pattern.compile("[A-Za-z0-9_.*?-]{1,255}");

  /** Reads a text that is not empty. */
  interface Parser<T> {
    T parse(String text) throws BadValue;
  }

  T parse(String text) throws BadValue {
    return parser.parse(text);
  }

  static ValueType<String> text() {
    return new ValueType<>("text", text -> text);
  }

  static ValueType<String> text(String description, String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    return new ValueType<>(
        description,
        text -> {
          if (!compiled.matcher(text).matches()) {
            throw new BadValue("must be " + description);
          }
          return text;
        });
  }

  /** A file or directory, of which nothing is looked at. */
  static ValueType<String> path() {
    return new ValueType<>("path", ValueType::path);
  }

  static String path(String text) throws BadValue {
    try {
      Path.of(text);
      return text;
    } catch (InvalidPathException e) {
      boolean ascii = text.chars().allMatch(letter -> letter < 128);
      throw new BadValue(
          "must be a path that is possible here: "
              + e.getReason()
              + (ascii ? "" : ". Other letters than those of ASCII need LC_ALL=C.UTF-8"));
    }
  }

  static ValueType<Boolean> flag() {
    return choice("true", true, "false", false);
  }

  static ValueType<Integer> number(int min, int max) {
    String range = "whole number from " + min + " to " + max;
    return new ValueType<>(range, text -> (int) number(text, min, max, "a " + range));
  }

  /** A price or another number with a fraction. */
  static ValueType<BigDecimal> decimal() {
    String form = "a number from 0 such as 0.125";
    Pattern pattern = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");
    return new ValueType<>(
        form,
        text -> {
          if (!pattern.matcher(text).matches()) {
            throw new BadValue("must be " + form);
          }
          return new BigDecimal(text);
        });
  }

  /** A number, or empty for the word {@code auto}. */
  static ValueType<OptionalInt> autoOrNumber(int min, int max) {
    String range = "auto or a whole number from " + min + " to " + max;
    return new ValueType<>(
        range,
        text ->
            text.equals("auto")
                ? OptionalInt.empty()
                : OptionalInt.of((int) number(text, min, max, range)));
  }

  static ValueType<Duration> millis(int max) {
    String range = "milliseconds, a whole number from 0 to " + max;
    return new ValueType<>(range, text -> Duration.ofMillis(number(text, 0, max, range)));
  }

  static ValueType<Duration> duration() {
    return duration(Duration.ofMillis(1));
  }

  static ValueType<Duration> duration(Duration shortest) {
    String least =
        shortest.compareTo(Duration.ofSeconds(1)) < 0
            ? ""
            : " of at least " + shortest.toSeconds() + "s";
    String form = "a time" + least + " with its unit: 500ms, 30s, 5m, 2h";
    return new ValueType<>(
        form,
        text -> {
          Matcher amount = amount(text, form);
          long number = Long.parseLong(amount.group(1));
          Duration value =
              switch (amount.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> throw new BadValue("must be " + form);
              };
          if (value.isZero() || value.compareTo(Duration.ofDays(365)) > 0) {
            throw new BadValue("must be longer than 0 and at most a year");
          }
          if (value.compareTo(shortest) < 0) {
            throw new BadValue("must be " + form);
          }
          return value;
        });
  }

  static ValueType<Long> bytes(long min) {
    String form = "a size of at least " + (min >> 20) + "m: bytes, or with its unit k, m or g";
    return new ValueType<>(
        form,
        text -> {
          Matcher amount = amount(text, form);
          long unit =
              switch (amount.group(2).toLowerCase(Locale.ROOT)) {
                case "" -> 1L;
                case "k" -> 1L << 10;
                case "m" -> 1L << 20;
                case "g" -> 1L << 30;
                default -> throw new BadValue("must be " + form);
              };
          long number = Long.parseLong(amount.group(1));
          if (number > Long.MAX_VALUE / unit || number * unit < min) {
            throw new BadValue("must be " + form);
          }
          return number * unit;
        });
  }

  /** One of several words; the arguments are pairs of a word and its value. */
  @SuppressWarnings("unchecked")
  static <T> ValueType<T> choice(String word, T value, Object... more) {
    Map<String, T> values = new LinkedHashMap<>();
    values.put(word, value);
    for (int i = 0; i < more.length; i += 2) {
      values.put((String) more[i], (T) more[i + 1]);
    }
    String words = String.join(", ", values.keySet());
    return new ValueType<>(
        values.size() == 1 ? words : "one of " + words,
        text -> {
          T found = values.get(text.toLowerCase(Locale.ROOT));
          if (found == null) {
            throw new BadValue("must be " + (values.size() == 1 ? "" : "one of ") + words);
          }
          return found;
        });
  }

  /** Table names, separated by semicolons as in the Go tool. They may have wildcards. */
  static ValueType<List<NamePattern>> tables() {
    return new ValueType<>(
        "table names separated by ;",
        text -> {
          List<String> names =
              Arrays.stream(text.split(";"))
                  .map(String::strip)
                  .filter(name -> !name.isEmpty())
                  .distinct()
                  .toList();
          if (names.isEmpty()) {
            throw new BadValue("must name a table; leave the key out for all tables");
          }
          for (String name : names) {
            if (!TABLE_PATTERN.matcher(name).matches()) {
              throw new BadValue(
                  "'"
                      + name
                      + "' is not a table name: it may have letters, digits, _ . - and the"
                      + " wildcards * and ?; several names are separated by ;");
            }
          }
          return names.stream().map(NamePattern::new).toList();
        });
  }

  static ValueType<URI> httpUrl() {
    String form = "a URL such as http://10.1.1.1:8000";
    return new ValueType<>(
        form,
        text -> {
          try {
            URI uri = new URI(text);
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (http && uri.getHost() != null) {
              return uri;
            }
          } catch (URISyntaxException e) {
            // Reported below, without the text, which may contain a password.
          }
          throw new BadValue("must be " + form);
        });
  }

  /** The same type, but refuses some words, each with its reason. */
  ValueType<T> refusing(Map<String, String> reasons) {
    return new ValueType<>(
        description,
        text -> {
          String reason = reasons.get(text.toLowerCase(Locale.ROOT));
          if (reason != null) {
            throw new BadValue(reason);
          }
          return parser.parse(text);
        });
  }

  /** The same type, but refuses texts of this form with a reason. */
  ValueType<T> refusing(String pattern, String reason) {
    Pattern refused = Pattern.compile(pattern);
    return new ValueType<>(
        description,
        text -> {
          if (refused.matcher(text).matches()) {
            throw new BadValue(reason + ": must be a " + description);
          }
          return parser.parse(text);
        });
  }

  private static long number(String text, long min, long max, String form) throws BadValue {
    try {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below, as for a number out of range.
    }
    throw new BadValue("must be " + form);
  }

  private static Matcher amount(String text, String form) throws BadValue {
    Matcher amount = AMOUNT.matcher(text);
    if (!amount.matches()) {
      throw new BadValue("must be " + form);
    }
    return amount;
  }
}
