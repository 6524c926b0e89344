package io.nimoshake.flink.wire;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Slice;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads what an {@link Encoder} wrote, in the same order. */
public final class Decoder {
  private final byte[] bytes;
  private int next;
  private int version;

  /** The bytes are not from an encoder. {@link #read} turns this into a fault. */
  static final class Malformed extends RuntimeException {
    Malformed(String message) {
      super(message);
    }
  }

  private Decoder(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Reads all the bytes.
   *
   * @param what a name for people: "the saved plan"
   * @throws Fault.Fatal if the bytes have a newer version, are damaged, or are something else
   */
  public static <T> T read(String what, byte[] bytes, Function<Decoder, T> body)
      throws Fault.Fatal {
    Decoder in = new Decoder(bytes);
    try {
      int version = in.tag();
      in.version = version;
      if (version < 1 || version > Encoder.VERSION) {
        throw new Fault.Fatal(
            what
                + " is in format version "
                + version
                + ", but this program reads only versions up to "
                + Encoder.VERSION
                + ": a newer version of nimo-shake wrote it, or it is damaged");
      }
      T value = body.apply(in);
      if (in.next != bytes.length) {
        throw new Malformed((bytes.length - in.next) + " bytes follow its end");
      }
      return value;
    } catch (Malformed | IllegalArgumentException | DateTimeException e) {
      // The last two come from types that refuse a value.
      throw new Fault.Fatal(what + " cannot be read because it is damaged: " + e.getMessage(), e);
    }
  }

  /** Of the form that is read; an older one lacks what newer ones have. */
  int version() {
    return version;
  }

  public int tag() {
    need(1);
    return bytes[next++] & 0xFF;
  }

  /** For a tag that no encoder writes. */
  static Malformed unknown(String of, int tag) {
    return new Malformed("unknown " + of + " " + tag);
  }

  public boolean flag() {
    int tag = tag();
    if (tag > 1) {
      throw unknown("flag", tag);
    }
    return tag == 1;
  }

  public long number() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = tag();
      value |= (long) (b & 0x7F) << shift;
      if (b < 0x80) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new Malformed("a number does not end");
  }

  public int smallNumber() {
    long value = number();
    if (value != (int) value) {
      throw new Malformed("a number is too large: " + value);
    }
    return (int) value;
  }

  public String text() {
    byte[] encoded = bytes();
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(encoded)).toString();
    } catch (CharacterCodingException e) {
      throw new Malformed("a text is not UTF-8");
    }
  }

  public byte[] bytes() {
    return slice().copy();
  }

  /** The slice shares the array that is read. */
  public Slice slice() {
    int length = smallNumber();
    need(length);
    Slice slice = new Slice(bytes, next, length);
    next += length;
    return slice;
  }

  public Instant instant() {
    return Instant.ofEpochSecond(number(), number());
  }

  public <T> Optional<T> optional(Function<Decoder, T> of) {
    return flag() ? Optional.of(of.apply(this)) : Optional.empty();
  }

  public <T> List<T> all(Function<Decoder, T> of) {
    int count = smallNumber();
    // Each value has at least one byte: so a damaged count cannot reserve much memory.
    need(count);
    List<T> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(of.apply(this));
    }
    return values;
  }

  private void need(int count) {
    if (count < 0 || count > bytes.length - next) {
      throw new Malformed("it ends after " + bytes.length + " bytes");
    }
  }
}
