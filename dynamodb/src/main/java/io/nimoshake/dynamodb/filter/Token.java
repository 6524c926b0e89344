package io.nimoshake.dynamodb.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A word or symbol of an expression.
 *
 * @param at its position in the expression, from 1
 */
record Token(Kind kind, String text, int at) {
  enum Kind {
    /** A name of an attribute or a function. */
    WORD,
    /** A placeholder for a name: {@code #name}. */
    NAME,
    /** A placeholder for a value: {@code :value}. */
    VALUE,
    /** An index of a list, without leading zeros. */
    INDEX,
    /** A word that belongs to the language, such as AND, in upper case. */
    KEYWORD,
    SYMBOL,
    END
  }

  private static final Pattern NEXT =
      Pattern.compile(
          "(?<space>[ \\t\\r\\n]+)"
              + "|(?<word>[A-Za-z][A-Za-z0-9_]*)"
              + "|(?<name>#[A-Za-z0-9_]+)"
              + "|(?<value>:[A-Za-z0-9_]+)"
              + "|(?<index>0|[1-9][0-9]*)"
              + "|(?<symbol><>|<=|>=|[=<>(),.\\[\\]])");

  /** The last four belong to update expressions; they cannot be names of attributes either. */
  private static final List<String> KEYWORDS =
      List.of("AND", "OR", "NOT", "IN", "BETWEEN", "SET", "ADD", "REMOVE", "DELETE");

  /** Divides an expression. The last token is {@link Kind#END}. */
  static List<Token> all(String expression) throws InvalidFilterException {
    List<Token> tokens = new ArrayList<>();
    Matcher next = NEXT.matcher(expression);
    int from = 0;
    while (from < expression.length()) {
      if (!next.region(from, expression.length()).lookingAt()) {
        throw new InvalidFilterException(
            "has an unexpected '"
                + Character.toString(expression.codePointAt(from))
                + "' at character "
                + (from + 1)
                + ": an attribute whose name has other characters than letters, digits and _ needs a"
                + " placeholder such as #name");
      }
      kind(next).ifPresent(kind -> tokens.add(of(kind, next.group(), next.start() + 1)));
      from = next.end();
    }
    tokens.add(new Token(Kind.END, "", from + 1));
    return tokens;
  }

  private static Optional<Kind> kind(Matcher matched) {
    if (matched.group("word") != null) {
      return Optional.of(Kind.WORD);
    } else if (matched.group("name") != null) {
      return Optional.of(Kind.NAME);
    } else if (matched.group("value") != null) {
      return Optional.of(Kind.VALUE);
    } else if (matched.group("index") != null) {
      return Optional.of(Kind.INDEX);
    }
    return matched.group("symbol") != null ? Optional.of(Kind.SYMBOL) : Optional.empty();
  }

  private static Token of(Kind kind, String text, int at) {
    String upper = text.toUpperCase(Locale.ROOT);
    return kind == Kind.WORD && KEYWORDS.contains(upper)
        ? new Token(Kind.KEYWORD, upper, at)
        : new Token(kind, text, at);
  }

  boolean is(Kind other, String its) {
    return kind == other && text.equals(its);
  }

  /** Where it is, for messages. */
  String place() {
    return kind == Kind.END ? "at the end" : "at character " + at;
  }
}
