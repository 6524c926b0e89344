package io.nimoshake.core.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * A part of a byte array. Several slices share one array, because the items of a page are encoded
 * into one. The bytes are not copied, and must not change once a slice of them exists.
 */
public final class Slice {
  private final byte[] array;
  private final int offset;
  private final int length;
  private int hash;

  public Slice(byte[] array, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, array.length);
    this.array = array;
    this.offset = offset;
    this.length = length;
  }

  public static Slice of(byte[] bytes) {
    return new Slice(bytes, 0, bytes.length);
  }

  public static Slice utf8(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The shared array. Only {@link #length} bytes from {@link #offset} belong to this slice. */
  public byte[] array() {
    return array;
  }

  public int offset() {
    return offset;
  }

  public int length() {
    return length;
  }

  public byte[] copy() {
    return Arrays.copyOfRange(array, offset, offset + length);
  }

  public String toUtf8() {
    return new String(array, offset, length, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Slice that
        && Arrays.equals(
            array, offset, offset + length, that.array, that.offset, that.offset + that.length);
  }

  @Override
  public int hashCode() {
    int h = hash;
    if (h == 0) {
      h = 1;
      for (int i = offset, end = offset + length; i < end; i++) {
        h = 31 * h + array[i];
      }
      hash = h;
    }
    return h;
  }

  /** The length alone: items do not belong in logs. */
  @Override
  public String toString() {
    return "Slice[" + length + " bytes]";
  }
}
