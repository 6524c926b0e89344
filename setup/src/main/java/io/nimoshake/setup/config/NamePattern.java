package io.nimoshake.setup.config;

import java.util.regex.Pattern;

/**
 * A table name in which {@code *} stands for any characters and {@code ?} for one character.
 *
 * @param text as the user wrote it
 */
public record NamePattern(String text) {
  /** Whether it has no wildcard, so that it is the name of one table. */
  public boolean isExact() {
    return text.indexOf('*') < 0 && text.indexOf('?') < 0;
  }

  public boolean matches(String name) {
    return isExact() ? text.equals(name) : regex().matcher(name).matches();
  }

  private Pattern regex() {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '*' -> regex.append(".*");
        case '?' -> regex.append('.');
        default -> regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString());
  }

  @Override
  public String toString() {
    return text;
  }
}
