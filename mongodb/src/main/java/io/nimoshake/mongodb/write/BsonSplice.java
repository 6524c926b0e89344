package io.nimoshake.mongodb.write;

import io.nimoshake.core.model.Slice;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.bson.BsonType;
import org.bson.RawBsonDocument;

/**
 * Builds documents from the bytes of others, without decoding them. A BSON document is an int32
 * length, elements, and a zero byte; an element is a type byte, a name ending in zero, and a value.
 *
 * @see <a href="https://bsonspec.org/spec.html">BSON specification</a>
 */
public final class BsonSplice {
  private static final int LENGTH_BYTES = 4;
  private static final int FRAME_BYTES = LENGTH_BYTES + 1;
  private static final byte[] ID_NAME = {'_', 'i', 'd', 0};

  /** A document without elements. */
  static final byte[] NOTHING = {FRAME_BYTES, 0, 0, 0, 0};

  private BsonSplice() {}

  /** A document of all elements of {@code first}, then all elements of {@code second}. */
  record Pair(byte[] first, Slice second) {
    int bytes() {
      return first.length + second.length() - FRAME_BYTES;
    }

    /**
     * Puts the document.
     *
     * @param to little-endian
     */
    void putTo(ByteBuffer to) {
      to.putInt(bytes());
      to.put(first, LENGTH_BYTES, first.length - FRAME_BYTES);
      to.put(second.array(), second.offset() + LENGTH_BYTES, second.length() - LENGTH_BYTES);
    }
  }

  /** <code>{_id: value}</code> with the value of the only element of {@code single}. */
  static byte[] idOfValue(Slice single) {
    byte[] from = single.array();
    int typeAt = single.offset() + LENGTH_BYTES;
    int valueAt = typeAt + 1;
    while (from[valueAt] != 0) {
      valueAt++;
    }
    valueAt++;
    int valueBytes = single.offset() + single.length() - 1 - valueAt;
    return idDocument(from[typeAt], from, valueAt, valueBytes);
  }

  /** <code>{_id: document}</code>. */
  static byte[] idOfDocument(Slice document) {
    return idDocument(
        (byte) BsonType.DOCUMENT.getValue(),
        document.array(),
        document.offset(),
        document.length());
  }

  /** <code>{_id: ObjectId}</code>. */
  static byte[] idOfObjectId(org.bson.types.ObjectId id) {
    byte[] bytes = id.toByteArray();
    return idDocument((byte) BsonType.OBJECT_ID.getValue(), bytes, 0, bytes.length);
  }

  private static byte[] idDocument(byte type, byte[] value, int offset, int length) {
    byte[] to = new byte[FRAME_BYTES + 1 + ID_NAME.length + length];
    putInt(to, 0, to.length);
    to[LENGTH_BYTES] = type;
    System.arraycopy(ID_NAME, 0, to, LENGTH_BYTES + 1, ID_NAME.length);
    System.arraycopy(value, offset, to, LENGTH_BYTES + 1 + ID_NAME.length, length);
    return to;
  }

  /** All elements of {@code first}, then all elements of {@code second}. */
  static byte[] join(byte[] first, Slice second) {
    Pair pair = new Pair(first, second);
    ByteBuffer to = ByteBuffer.allocate(pair.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    pair.putTo(to);
    return to.array();
  }

  /** <code>{name: date}</code>. */
  static byte[] date(String name, long epochMillis) {
    byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    byte[] to = new byte[FRAME_BYTES + 1 + nameBytes.length + 1 + Long.BYTES];
    putInt(to, 0, to.length);
    to[LENGTH_BYTES] = (byte) BsonType.DATE_TIME.getValue();
    System.arraycopy(nameBytes, 0, to, LENGTH_BYTES + 1, nameBytes.length);
    int at = LENGTH_BYTES + 1 + nameBytes.length + 1;
    putInt(to, at, (int) epochMillis);
    putInt(to, at + Integer.BYTES, (int) (epochMillis >>> Integer.SIZE));
    return to;
  }

  public static RawBsonDocument raw(byte[] document) {
    return new RawBsonDocument(document);
  }

  public static RawBsonDocument raw(Slice document) {
    return new RawBsonDocument(document.array(), document.offset(), document.length());
  }

  /** BSON is little-endian. */
  private static void putInt(byte[] to, int at, int value) {
    to[at] = (byte) value;
    to[at + 1] = (byte) (value >>> 8);
    to[at + 2] = (byte) (value >>> 16);
    to[at + 3] = (byte) (value >>> 24);
  }
}
