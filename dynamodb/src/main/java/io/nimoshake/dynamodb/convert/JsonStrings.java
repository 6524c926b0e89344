package io.nimoshake.dynamodb.convert;

/** Decodes JSON strings to UTF-8. */
final class JsonStrings {
  private static final long CONTROL = 0x2020202020202020L;
  private static final long QUOTES = 0x2222222222222222L;
  private static final long BACKSLASHES = 0x5C5C5C5C5C5C5C5CL;
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private JsonStrings() {}

  /**
   * Reads a string and appends it decoded.
   *
   * @throws BadItemException if it is not valid UTF-8 or has an unpaired surrogate, which UTF-8 and
   *     BSON cannot hold
   */
  static void copy(JsonCursor in, BsonBuffer out) throws MalformedPageException, BadItemException {
    in.expect('"');
    byte[] b = in.buf;
    byte[] o = out.buf;
    int end = in.end;
    int p = in.pos;
    int q = out.pos;
    for (; ; ) {
      while (p + 8 <= end) {
        if (q > o.length - 8) {
          o = room(out, q);
        }
        long w = (long) BsonBuffer.LONGS.get(b, p);
        BsonBuffer.LONGS.set(o, q, w);
        long hit =
            ((w - CONTROL) | ((w ^ QUOTES) - ONES) | ((w ^ BACKSLASHES) - ONES) | w) & HIGH_BITS;
        if (hit != 0) {
          int clean = JsonCursor.cleanBytes(hit);
          p += clean;
          q += clean;
          break;
        }
        p += 8;
        q += 8;
      }
      if (p >= end) {
        in.pos = end;
        throw in.malformed("unfinished string");
      }
      byte c = b[p];
      if (c == '"') {
        in.pos = p + 1;
        out.pos = q;
        return;
      }
      if (q > o.length - 8) {
        o = room(out, q);
      }
      if (c < 0) {
        int length = sequence(b, p, end);
        for (int i = 0; i < length; i++) {
          o[q++] = b[p++];
        }
      } else if (c == '\\') {
        in.pos = p;
        out.pos = q;
        escape(in, out);
        p = in.pos;
        q = out.pos;
        o = out.buf;
      } else if (c < ' ') {
        in.pos = p;
        throw in.malformed("control character in a string");
      } else {
        o[q++] = c;
        p++;
      }
    }
  }

  /**
   * Ensures room for eight bytes after {@code pos}. Only the end of the string tells its length.
   */
  private static byte[] room(BsonBuffer out, int pos) {
    out.pos = pos;
    out.ensure(8);
    return out.buf;
  }

  /** Checks that a range of bytes is UTF-8. */
  static void checkUtf8(byte[] b, int from, int to) throws BadItemException {
    int p = from;
    while (p < to) {
      if (p + 8 <= to && ((long) BsonBuffer.LONGS.get(b, p) & HIGH_BITS) == 0) {
        p += 8;
      } else {
        p += b[p] >= 0 ? 1 : sequence(b, p, to);
      }
    }
  }

  /** The length of a UTF-8 sequence whose first byte is above 127. */
  private static int sequence(byte[] b, int p, int end) throws BadItemException {
    int lead = b[p] & 0xFF;
    int length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    boolean valid = length != 0 && p + length <= end;
    for (int i = 1; valid && i < length; i++) {
      valid = (b[p + i] & 0xC0) == 0x80;
    }
    if (valid) {
      int second = b[p + 1] & 0xFF;
      valid =
          switch (lead) {
            case 0xE0 -> second >= 0xA0;
            case 0xED -> second < 0xA0;
            case 0xF0 -> second >= 0x90;
            case 0xF4 -> second < 0x90;
            default -> true;
          };
    }
    if (!valid) {
      throw new BadItemException("the text is not valid UTF-8");
    }
    return length;
  }

  private static void escape(JsonCursor in, BsonBuffer out)
      throws MalformedPageException, BadItemException {
    int p = in.pos + 1;
    int c = p < in.end ? in.buf[p] : 0;
    int decoded =
        switch (c) {
          case '"', '\\', '/' -> c;
          case 'b' -> '\b';
          case 'f' -> '\f';
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case 'u' -> in.hex4(p + 1);
          default -> throw in.malformed("unknown escape");
        };
    in.pos = c == 'u' ? p + 5 : p + 1;
    if (Character.isSurrogate((char) decoded)) {
      decoded = pair(in, decoded);
    }
    putCodePoint(out, decoded);
  }

  private static int pair(JsonCursor in, int first)
      throws MalformedPageException, BadItemException {
    int p = in.pos;
    if (Character.isHighSurrogate((char) first)
        && p + 1 < in.end
        && in.buf[p] == '\\'
        && in.buf[p + 1] == 'u') {
      int second = in.hex4(p + 2);
      if (Character.isLowSurrogate((char) second)) {
        in.pos = p + 6;
        return Character.toCodePoint((char) first, (char) second);
      }
    }
    throw new BadItemException("the text has an unpaired surrogate, which UTF-8 cannot hold");
  }

  private static void putCodePoint(BsonBuffer out, int c) {
    if (c < 0x80) {
      out.putByte(c);
    } else if (c < 0x800) {
      out.putByte(0xC0 | c >> 6);
      out.putByte(0x80 | c & 0x3F);
    } else if (c < 0x10000) {
      out.putByte(0xE0 | c >> 12);
      out.putByte(0x80 | c >> 6 & 0x3F);
      out.putByte(0x80 | c & 0x3F);
    } else {
      out.putByte(0xF0 | c >> 18);
      out.putByte(0x80 | c >> 12 & 0x3F);
      out.putByte(0x80 | c >> 6 & 0x3F);
      out.putByte(0x80 | c & 0x3F);
    }
  }
}
