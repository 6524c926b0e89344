package io.nimoshake.dynamodb.convert;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A strict reader of JSON (RFC 8259) over a byte array. It returns positions, not objects. Every
 * method leaves {@link #pos} behind what it read and throws {@link MalformedPageException} if the
 * text is not JSON. It checks UTF-8 in strings that it decodes, not in strings that it skips.
 */
final class JsonCursor {
  private static final long CONTROL = 0x2020202020202020L;
  private static final long QUOTES = 0x2222222222222222L;
  private static final long BACKSLASHES = 0x5C5C5C5C5C5C5C5CL;
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  byte[] buf = new byte[0];
  int pos;
  int end;

  /** Position of the first byte of the last string or number. */
  int tokenFrom;

  /** Position after the last byte of the last string or number. */
  int tokenTo;

  /** Whether the last string has escapes. */
  boolean tokenEscaped;

  /** Which of the open containers are objects; used by {@link #skipValue}. */
  private boolean[] open = new boolean[64];

  void reset(byte[] bytes, int from, int to) {
    buf = bytes;
    pos = from;
    end = to;
  }

  /** Skips white space and returns the next byte without reading it. */
  int peek() throws MalformedPageException {
    byte[] b = buf;
    int p = pos;
    while (p < end) {
      byte c = b[p];
      if (c > ' ' || c < 0) {
        pos = p;
        return c;
      }
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
        break;
      }
      p++;
    }
    pos = p;
    throw malformed(p < end ? "control character" : "unexpected end");
  }

  /** Reads one structural character. */
  void expect(char c) throws MalformedPageException {
    if (pos < end && buf[pos] == c) {
      pos++;
      return;
    }
    if (peek() != c) {
      throw malformed("'" + c + "' expected");
    }
    pos++;
  }

  /** After an element: reads the comma before another one, or the closing character. */
  boolean more(char close) throws MalformedPageException {
    int c = pos < end ? buf[pos] : 0;
    if (c <= ' ') {
      c = peek();
    }
    if (c == ',') {
      pos++;
      return true;
    }
    if (c != close) {
      throw malformed("',' or '" + close + "' expected");
    }
    pos++;
    return false;
  }

  /** Reads the opening character. If the container is empty, reads its end too, returns false. */
  boolean enter(char openChar, char close) throws MalformedPageException {
    expect(openChar);
    if (peek() == close) {
      pos++;
      return false;
    }
    return true;
  }

  /** Reads a string, leaving its place in {@link #tokenFrom} and {@link #tokenTo}. */
  void string() throws MalformedPageException {
    expect('"');
    byte[] b = buf;
    int p = pos;
    tokenFrom = p;
    tokenEscaped = false;
    for (; ; ) {
      while (p + 8 <= end) {
        long w = (long) BsonBuffer.LONGS.get(b, p);
        long hit =
            ((w - CONTROL) | ((w ^ QUOTES) - ONES) | ((w ^ BACKSLASHES) - ONES)) & ~w & HIGH_BITS;
        if (hit != 0) {
          p += cleanBytes(hit);
          break;
        }
        p += 8;
      }
      if (p >= end) {
        pos = end;
        throw malformed("unfinished string");
      }
      byte c = b[p];
      if (c == '"') {
        tokenTo = p;
        pos = p + 1;
        return;
      }
      if (c == '\\') {
        tokenEscaped = true;
        p = escape(p);
      } else if (c >= 0 && c < ' ') {
        pos = p;
        throw malformed("control character in a string");
      } else {
        p++;
      }
    }
  }

  /**
   * How many of eight bytes come before the first one whose highest bit is set here. The number of
   * trailing zeros would tell the same, but the first compiler of the JVM, which runs this, takes
   * several branches for that.
   */
  static int cleanBytes(long hit) {
    long below = ((hit & -hit) - 1) & ONES;
    return (int) (below * ONES >>> 56) - 1;
  }

  /** Whether this text comes next. */
  boolean isNext(byte[] text) {
    int length = text.length;
    if (length > end - pos) {
      return false;
    }
    int at = pos;
    int i = 0;
    for (; i <= length - 8; i += 8) {
      if ((long) BsonBuffer.LONGS.get(buf, at + i) != (long) BsonBuffer.LONGS.get(text, i)) {
        return false;
      }
    }
    for (; i < length; i++) {
      if (buf[at + i] != text[i]) {
        return false;
      }
    }
    return true;
  }

  /** Checks the escape at a backslash; returns the position after it. */
  private int escape(int at) throws MalformedPageException {
    pos = at;
    switch (at + 1 < end ? buf[at + 1] : 0) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
        return at + 2;
      case 'u':
        hex4(at + 2);
        return at + 6;
      default:
        throw malformed("unknown escape");
    }
  }

  /** Value of four hexadecimal digits. */
  int hex4(int at) throws MalformedPageException {
    if (at + 4 > end) {
      throw malformed("unfinished escape");
    }
    int value = 0;
    for (int i = at; i < at + 4; i++) {
      // Character.digit accepts digits of other scripts too, but those are not below 128.
      int digit = buf[i] < 0 ? -1 : Character.digit(buf[i], 16);
      if (digit < 0) {
        throw malformed("escape is not hexadecimal");
      }
      value = value << 4 | digit;
    }
    return value;
  }

  /** Whether the last string has these bytes. Escapes are not decoded. */
  boolean tokenIs(byte[] text) {
    // Most names differ in length, which is cheaper to compare.
    return tokenTo - tokenFrom == text.length
        && Arrays.equals(buf, tokenFrom, tokenTo, text, 0, text.length);
  }

  /** The bytes from one position to another as text. */
  String text(int from, int to) {
    return new String(buf, from, to - from, StandardCharsets.UTF_8);
  }

  /** Skips any value. Deep nesting does not use the stack. */
  void skipValue() throws MalformedPageException {
    int depth = 0;
    do {
      int c = peek();
      switch (c) {
        case '"' -> string();
        case '{' -> {
          if (enter('{', '}')) {
            depth = push(depth, true);
            memberName();
            continue;
          }
        }
        case '[' -> {
          if (enter('[', ']')) {
            depth = push(depth, false);
            continue;
          }
        }
        default -> scalar(c);
      }
      while (depth > 0) {
        boolean inObject = open[depth - 1];
        if (more(inObject ? '}' : ']')) {
          if (inObject) {
            memberName();
          }
          break;
        }
        depth--;
      }
    } while (depth > 0);
  }

  private int push(int depth, boolean object) {
    if (depth == open.length) {
      open = Arrays.copyOf(open, depth * 2);
    }
    open[depth] = object;
    return depth + 1;
  }

  private void memberName() throws MalformedPageException {
    string();
    expect(':');
  }

  private void scalar(int first) throws MalformedPageException {
    switch (first) {
      case 't' -> literal("true");
      case 'f' -> literal("false");
      case 'n' -> literal("null");
      default -> number();
    }
  }

  /** Reads {@code true}, {@code false} or {@code null}. */
  void literal(String word) throws MalformedPageException {
    for (int i = 0; i < word.length(); i++) {
      if (pos >= end || buf[pos] != word.charAt(i)) {
        throw malformed("value expected");
      }
      pos++;
    }
  }

  /** Reads a number, leaving its place in {@link #tokenFrom} and {@link #tokenTo}. */
  void number() throws MalformedPageException {
    peek();
    tokenFrom = pos;
    if (buf[pos] == '-') {
      pos++;
    }
    if (pos < end && buf[pos] == '0') {
      pos++;
    } else {
      digits();
    }
    if (pos < end && buf[pos] == '.') {
      pos++;
      digits();
    }
    if (pos < end && (buf[pos] | 0x20) == 'e') {
      pos++;
      if (pos < end && (buf[pos] == '+' || buf[pos] == '-')) {
        pos++;
      }
      digits();
    }
    tokenTo = pos;
  }

  private void digits() throws MalformedPageException {
    int from = pos;
    while (pos < end && buf[pos] >= '0' && buf[pos] <= '9') {
      pos++;
    }
    if (pos == from) {
      throw malformed("value expected");
    }
  }

  /** Checks that only white space is left. */
  void atEnd() throws MalformedPageException {
    if (hasMore()) {
      throw malformed("text after the end");
    }
  }

  /** Skips white space; whether anything else is left. */
  boolean hasMore() {
    for (; pos < end; pos++) {
      byte c = buf[pos];
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
        return true;
      }
    }
    return false;
  }

  /**
   * An exception with the current position. It does not quote the text, which is the user's data.
   */
  MalformedPageException malformed(String what) {
    return new MalformedPageException("malformed response: " + what + " at byte " + pos);
  }
}
