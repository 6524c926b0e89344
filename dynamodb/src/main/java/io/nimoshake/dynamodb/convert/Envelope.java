package io.nimoshake.dynamodb.convert;

import java.nio.charset.StandardCharsets;

/**
 * Reads the members of responses around the items. The constants are the members that matter.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html#API_Scan_ResponseSyntax">
 *     Amazon DynamoDB API Reference, Scan</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html">
 *     Amazon DynamoDB API Reference, GetRecords</a>
 */
final class Envelope {
  static final int OTHER = -1;
  static final int ITEMS = 0;
  static final int COUNT = 1;
  static final int LAST_EVALUATED_KEY = 2;
  static final int RECORDS = 3;
  static final int ITEM = 4;
  static final int EVENT_NAME = 5;
  static final int DYNAMODB = 6;
  static final int USER_IDENTITY = 7;
  static final int CREATED = 8;
  static final int KEYS = 9;
  static final int NEW_IMAGE = 10;
  static final int SEQUENCE_NUMBER = 11;
  static final int PRINCIPAL_ID = 12;
  static final int TYPE = 13;

  private static final byte[][] NAMES = {
    ascii("Items"),
    ascii("Count"),
    ascii("LastEvaluatedKey"),
    ascii("Records"),
    ascii("Item"),
    ascii("eventName"),
    ascii("dynamodb"),
    ascii("userIdentity"),
    ascii("ApproximateCreationDateTime"),
    ascii("Keys"),
    ascii("NewImage"),
    ascii("SequenceNumber"),
    ascii("PrincipalId"),
    ascii("Type")
  };

  private Envelope() {}

  private static byte[] ascii(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }

  /** Reads a member's name, the colon and white space; returns the member's constant. */
  static int name(JsonCursor in) throws MalformedPageException {
    in.string();
    checkUtf8(in, in.tokenFrom, in.tokenTo);
    int found = OTHER;
    for (int i = 0; i < NAMES.length && found == OTHER; i++) {
      if (in.tokenIs(NAMES[i])) {
        found = i;
      }
    }
    in.expect(':');
    in.peek();
    return found;
  }

  /**
   * Skips a value. Outside of items, invalid UTF-8 makes the whole page malformed: there is no item
   * to reject.
   */
  static void skip(JsonCursor in) throws MalformedPageException {
    int from = in.pos;
    in.skipValue();
    checkUtf8(in, from, in.pos);
  }

  private static void checkUtf8(JsonCursor in, int from, int to) throws MalformedPageException {
    try {
      JsonStrings.checkUtf8(in.buf, from, to);
    } catch (BadItemException e) {
      throw in.malformed(e.getMessage());
    }
  }

  /** Reads and decodes a string. */
  static String string(JsonCursor in) throws MalformedPageException {
    int at = in.pos;
    in.string();
    if (!in.tokenEscaped) {
      checkUtf8(in, in.tokenFrom, in.tokenTo);
      return in.text(in.tokenFrom, in.tokenTo);
    }
    in.pos = at;
    BsonBuffer decoded = new BsonBuffer();
    try {
      JsonStrings.copy(in, decoded);
    } catch (BadItemException e) {
      throw in.malformed(e.getMessage());
    }
    return new String(decoded.buf, 0, decoded.pos, StandardCharsets.UTF_8);
  }

  /** Reads a string for a message: invalid UTF-8 is replaced. */
  static String lenientString(JsonCursor in) throws MalformedPageException {
    int at = in.pos;
    try {
      BsonBuffer decoded = new BsonBuffer();
      JsonStrings.copy(in, decoded);
      return new String(decoded.buf, 0, decoded.pos, StandardCharsets.UTF_8);
    } catch (BadItemException e) {
      in.pos = at;
      in.string();
      return in.text(in.tokenFrom, in.tokenTo);
    }
  }
}
