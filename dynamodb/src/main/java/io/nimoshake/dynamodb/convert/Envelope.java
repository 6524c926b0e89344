package io.nimoshake.dynamodb.convert;

import java.nio.charset.StandardCharsets;

/**
 * The member names of responses that are looked at.
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

  /** Reads a member name, its colon and the white space after it; says which it is. */
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
   * Reads any value without keeping it. Unlike in an item, bytes that are not UTF-8 spoil the page:
   * there is no item to reject.
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

  /** Reads a string that is to be kept. */
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

  /** Reads a string of which only a person will see what is not valid UTF-8. */
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
