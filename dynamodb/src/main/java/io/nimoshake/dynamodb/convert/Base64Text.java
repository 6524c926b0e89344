package io.nimoshake.dynamodb.convert;

import java.util.Arrays;

/** Decodes base64 (RFC 4648, section 4, with padding). */
final class Base64Text {
  private static final byte[] VALUES = new byte[256];

  static {
    Arrays.fill(VALUES, (byte) -1);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0; i < alphabet.length(); i++) {
      VALUES[alphabet.charAt(i)] = (byte) i;
    }
  }

  private Base64Text() {}

  /**
   * Appends the decoded bytes.
   *
   * @throws BadItemException if the text is not canonical base64
   */
  static void decode(byte[] b, int from, int to, BsonBuffer out) throws BadItemException {
    int length = to - from;
    if ((length & 3) != 0) {
      throw bad();
    }
    if (length == 0) {
      return;
    }
    out.ensure(length / 4 * 3);
    byte[] o = out.buf;
    int q = out.pos;
    int last = to - 4;
    int wrong = 0;
    int p = from;
    for (; p < last; p += 4) {
      int bits = four(b, p);
      wrong |= bits;
      o[q] = (byte) (bits >> 16);
      o[q + 1] = (byte) (bits >> 8);
      o[q + 2] = (byte) bits;
      q += 3;
    }
    int padding = b[to - 1] != '=' ? 0 : b[to - 2] != '=' ? 1 : 2;
    int bits =
        VALUES[b[p] & 0xFF] << 18
            | VALUES[b[p + 1] & 0xFF] << 12
            | (padding > 1 ? 0 : VALUES[b[p + 2] & 0xFF] << 6)
            | (padding > 0 ? 0 : VALUES[b[p + 3] & 0xFF]);
    int unused = padding == 0 ? 0 : padding == 1 ? 0xFF : 0xFFFF;
    if ((wrong | bits) < 0 || (bits & unused) != 0) {
      throw bad();
    }
    o[q++] = (byte) (bits >> 16);
    if (padding < 2) {
      o[q++] = (byte) (bits >> 8);
    }
    if (padding < 1) {
      o[q++] = (byte) bits;
    }
    out.pos = q;
  }

  /** 24 bits; a negative number if a character does not belong to base64. */
  private static int four(byte[] b, int p) {
    return VALUES[b[p] & 0xFF] << 18
        | VALUES[b[p + 1] & 0xFF] << 12
        | VALUES[b[p + 2] & 0xFF] << 6
        | VALUES[b[p + 3] & 0xFF];
  }

  private static BadItemException bad() {
    return new BadItemException("the binary value is not base64");
  }
}
