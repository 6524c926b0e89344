package io.nimoshake.dynamodb.convert;

/**
 * DynamoDB's type descriptors, packed into ints: the first character is in the highest byte used.
 */
final class ValueType {
  static final int S = 'S';
  static final int N = 'N';
  static final int B = 'B';
  static final int M = 'M';
  static final int L = 'L';
  static final int SS = 'S' << 8 | 'S';
  static final int NS = 'N' << 8 | 'S';
  static final int BS = 'B' << 8 | 'S';
  static final int BOOL = 'B' << 24 | 'O' << 16 | 'O' << 8 | 'L';

  /** A value without type; see {@link #open}. */
  static final int UNTYPED = 0;

  static final int NULL = 'N' << 24 | 'U' << 16 | 'L' << 8 | 'L';

  /** {@code {"?"} in little-endian order: nearly every value begins like this. */
  private static final int SHORT_TYPE = '{' | '"' << 8 | '"' << 24;

  private ValueType() {}

  /**
   * Reads {@code {"TYPE":}.
   *
   * @param untypedAllowed whether {@code {}} is allowed; it is read whole and is {@link #UNTYPED}.
   *     DynamoDB Local 3.3.1 writes an empty map like this in stream records, but not in Scans.
   *     DynamoDB itself never does.
   */
  static int open(JsonCursor in, boolean untypedAllowed)
      throws MalformedPageException, BadItemException {
    int at = in.pos;
    if (at + 5 <= in.end
        && ((int) BsonBuffer.INTS.get(in.buf, at) & 0xFF00FFFF) == SHORT_TYPE
        && in.buf[at + 4] == ':') {
      in.pos = at + 5;
      return in.buf[at + 2];
    }
    if (in.peek() != '{') {
      throw new BadItemException("the value has no type");
    }
    in.pos++;
    int next = in.peek();
    if (next == '}') {
      if (untypedAllowed) {
        in.pos++;
        return UNTYPED;
      }
      throw new BadItemException("the value has no type");
    }
    byte[] b = in.buf;
    int p = in.pos + 1;
    int last = Math.min(in.end, p + 5);
    int type = 0;
    while (p < last && b[p] != '"') {
      type = type << 8 | b[p++] & 0xFF;
    }
    if (next != '"' || p == last) {
      in.string();
      throw unknown();
    }
    in.pos = p + 1;
    in.expect(':');
    return type;
  }

  /** Reads the end of a value. */
  static void close(JsonCursor in) throws MalformedPageException, BadItemException {
    if (in.pos < in.end && in.buf[in.pos] == '}') {
      in.pos++;
      return;
    }
    if (in.more('}')) {
      throw new BadItemException("the value has two types");
    }
  }

  /** Fails unless the next JSON value begins with this character. */
  static void require(JsonCursor in, char first) throws MalformedPageException, BadItemException {
    if (in.peek() != first) {
      throw wrongKind();
    }
  }

  /** Reads a JSON boolean. */
  static boolean bool(JsonCursor in) throws MalformedPageException, BadItemException {
    int c = in.peek();
    if (c != 't' && c != 'f') {
      throw wrongKind();
    }
    in.literal(c == 't' ? "true" : "false");
    return c == 't';
  }

  /** Reads the {@code true} of a NULL. */
  static void isNull(JsonCursor in) throws MalformedPageException, BadItemException {
    if (!bool(in)) {
      throw new BadItemException("a NULL value must be true");
    }
  }

  static BadItemException unknown() {
    return new BadItemException("the value's type is unknown");
  }

  private static BadItemException wrongKind() {
    return new BadItemException("the value does not match its type");
  }
}
