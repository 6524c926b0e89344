package io.nimoshake.dynamodb.convert;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A byte array that grows. Multi-byte values are little-endian, as BSON requires.
 *
 * @see <a href="https://bsonspec.org/spec.html">BSON specification, version 1.1</a>
 */
final class BsonBuffer {
  static final byte DOUBLE = 0x01;
  static final byte STRING = 0x02;
  static final byte DOCUMENT = 0x03;
  static final byte ARRAY = 0x04;
  static final byte BINARY = 0x05;
  static final byte BOOLEAN = 0x08;
  static final byte NULL = 0x0A;
  static final byte INT32 = 0x10;
  static final byte INT64 = 0x12;
  static final byte DECIMAL128 = 0x13;

  static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  byte[] buf = new byte[4096];
  int pos;

  /** Ensures room for this many bytes after {@link #pos}. */
  void ensure(int more) {
    if (buf.length - pos < more) {
      grow(more);
    }
  }

  private void grow(int more) {
    long wanted = Math.max((long) pos + more, buf.length + (long) (buf.length >> 1));
    buf = Arrays.copyOf(buf, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
    if (buf.length - pos < more) {
      throw new OutOfMemoryError("a page of more than 2 GB");
    }
  }

  void putByte(int value) {
    ensure(1);
    buf[pos++] = (byte) value;
  }

  void putInt(int value) {
    ensure(4);
    INTS.set(buf, pos, value);
    pos += 4;
  }

  void putLong(long value) {
    ensure(8);
    LONGS.set(buf, pos, value);
    pos += 8;
  }

  void putBytes(byte[] from, int offset, int length) {
    ensure(length);
    System.arraycopy(from, offset, buf, pos, length);
    pos += length;
  }

  void putBytes(byte[] from) {
    putBytes(from, 0, from.length);
  }

  /** Leaves room for a length that is not known yet, and returns its position. */
  int beginLength() {
    ensure(4);
    int at = pos;
    pos += 4;
    return at;
  }

  void setInt(int at, int value) {
    INTS.set(buf, at, value);
  }

  /** Ends a document or array that began at {@code start}: writes the final zero and the length. */
  void endDocument(int start) {
    putByte(0);
    setInt(start, pos - start);
  }

  /** Ends a string that began at {@code start}: writes the final zero and the length. */
  void endString(int start) {
    putByte(0);
    setInt(start, pos - start - 4);
  }
}
