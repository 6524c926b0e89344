package io.nimoshake.mapping.bytes;

import java.util.Arrays;

/**
 * Where the elements of one BSON document are: found in one pass, then looked up by name. Used
 * again for the next document. Not safe for use by several threads.
 *
 * @see <a href="https://bsonspec.org/spec.html">BSON specification</a>
 */
final class Elements {
  static final byte DOUBLE = 0x01;
  static final byte STRING = 0x02;
  static final byte DOCUMENT = 0x03;
  static final byte ARRAY = 0x04;
  static final byte BINARY = 0x05;
  static final byte OBJECT_ID = 0x07;
  static final byte BOOLEAN = 0x08;
  static final byte DATE_TIME = 0x09;
  static final byte NULL = 0x0A;
  static final byte INT32 = 0x10;
  static final byte INT64 = 0x12;
  static final byte DECIMAL128 = 0x13;

  private static final int LENGTH_BYTES = 4;

  byte[] array;
  private int count;

  /** For each element where it begins, its name begins, its value begins, and it ends. */
  private int[] at = new int[4 * 32];

  /** Finds the elements of the document that begins at an offset. */
  void read(byte[] from, int offset) {
    array = from;
    count = 0;
    int end = offset + int32(from, offset) - 1;
    int pos = offset + LENGTH_BYTES;
    while (pos < end) {
      int name = pos + 1;
      int value = name;
      while (from[value] != 0) {
        value++;
      }
      value++;
      int next = value + size(from[pos], from, value);
      put(pos, name, value, next);
      pos = next;
    }
  }

  private void put(int begin, int name, int value, int end) {
    if (at.length < 4 * (count + 1)) {
      at = Arrays.copyOf(at, 2 * at.length);
    }
    int i = 4 * count++;
    at[i] = begin;
    at[i + 1] = name;
    at[i + 2] = value;
    at[i + 3] = end;
  }

  int count() {
    return count;
  }

  byte type(int element) {
    return array[at[4 * element]];
  }

  /** Where the element begins: its type, then its name. */
  int begin(int element) {
    return at[4 * element];
  }

  int name(int element) {
    return at[4 * element + 1];
  }

  /** Bytes of the name, without its final zero. */
  int nameLength(int element) {
    return at[4 * element + 2] - at[4 * element + 1] - 1;
  }

  int value(int element) {
    return at[4 * element + 2];
  }

  int end(int element) {
    return at[4 * element + 3];
  }

  boolean isNamed(int element, byte[] name) {
    int from = name(element);
    return nameLength(element) == name.length
        && Arrays.equals(array, from, from + name.length, name, 0, name.length);
  }

  /** The element of this name, or -1. */
  int find(byte[] name) {
    for (int i = 0; i < count; i++) {
      if (isNamed(i, name)) {
        return i;
      }
    }
    return -1;
  }

  static int int32(byte[] from, int at) {
    return from[at] & 0xff
        | (from[at + 1] & 0xff) << 8
        | (from[at + 2] & 0xff) << 16
        | from[at + 3] << 24;
  }

  static long int64(byte[] from, int at) {
    return int32(from, at) & 0xffff_ffffL | (long) int32(from, at + 4) << 32;
  }

  /** Bytes of a value of the types that items have. */
  private static int size(byte type, byte[] from, int at) {
    return switch (type) {
      case DOUBLE, INT64, DATE_TIME -> 8;
      case STRING -> 4 + int32(from, at);
      case DOCUMENT, ARRAY -> int32(from, at);
      case BINARY -> 5 + int32(from, at);
      case BOOLEAN -> 1;
      case NULL -> 0;
      case INT32 -> 4;
      case DECIMAL128 -> 16;
      case OBJECT_ID -> 12;
      default -> throw new IllegalArgumentException("no item has BSON type " + type);
    };
  }
}
