package io.nimoshake.mapping.bytes;

import java.math.BigDecimal;
import java.util.Optional;

/** A value in few words, for the reason why an item was rejected. */
final class ShownValue {
  private static final int MOST_CHARACTERS = 40;

  private ShownValue() {}

  /** The value that begins at an offset. */
  static String of(byte type, byte[] from, int at) {
    return switch (type) {
      case Elements.STRING -> string(Numbers.string(from, at));
      case Elements.DOCUMENT -> "a map";
      case Elements.ARRAY -> "a list or set";
      case Elements.BINARY -> Elements.int32(from, at) + " bytes";
      case Elements.BOOLEAN -> String.valueOf(from[at] != 0);
      case Elements.NULL -> "null";
      default -> number(Numbers.of(type, from, at));
    };
  }

  private static String number(Optional<BigDecimal> number) {
    return number.map(BigDecimal::toString).orElse("not a finite number");
  }

  /** In one line, and the beginning only of a long one. */
  private static String string(String text) {
    int end = Math.min(text.length(), MOST_CHARACTERS);
    if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    StringBuilder shown = new StringBuilder("\"");
    for (char c : text.substring(0, end).toCharArray()) {
      shown.append(c == '"' || c == '\\' ? "\\" + c : Character.isISOControl(c) ? " " : "" + c);
    }
    return shown.append(end < text.length() ? "...\"" : "\"").toString();
  }
}
