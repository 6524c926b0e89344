package io.nimoshake.dynamodb.compare;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds fields and values in BSON bytes.
 *
 * @see <a href="https://bsonspec.org/spec.html">BSON specification</a>
 */
final class Bson {
  static final int DOUBLE = 0x01;
  static final int STRING = 0x02;
  static final int DOCUMENT = 0x03;
  static final int ARRAY = 0x04;
  static final int BINARY = 0x05;
  static final int BOOLEAN = 0x08;
  static final int NULL = 0x0A;
  static final int INT32 = 0x10;
  static final int INT64 = 0x12;
  static final int DECIMAL128 = 0x13;

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Bson() {}

  static int int32(byte[] b, int at) {
    return (int) INTS.get(b, at);
  }

  static long int64(byte[] b, int at) {
    return (long) LONGS.get(b, at);
  }

  /** The position after the zero byte that ends a name. */
  static int afterName(byte[] b, int at) {
    int p = at;
    while (b[p] != 0) {
      p++;
    }
    return p + 1;
  }

  /**
   * The position after a value; -1 for types that no conversion writes, as their length is unknown.
   */
  static int afterValue(byte[] b, int type, int at) {
    return switch (type) {
      case DOUBLE, INT64, 0x09, 0x11 -> at + 8;
      case STRING, 0x0D, 0x0E -> at + 4 + int32(b, at);
      case DOCUMENT, ARRAY -> at + int32(b, at);
      case BINARY -> at + 5 + int32(b, at);
      case BOOLEAN -> at + 1;
      case NULL, 0x06, 0x7F, 0xFF -> at;
      case INT32 -> at + 4;
      case 0x07 -> at + 12;
      case DECIMAL128 -> at + 16;
      default -> -1;
    };
  }
}
