package io.nimoshake.flink.wire;

import io.nimoshake.core.model.Slice;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Writes values one after the other. {@link Decoder} reads them in the same order. */
public final class Encoder {
  /**
   * The version of the form. Since 2, splits have {@code completeUntil} and tables may be gone.
   * Since 3, tables may be copied from an export. Since 4, tables may be backfilled. Since 5, a
   * backfill has {@code written}.
   */
  static final int VERSION = 5;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Begins bytes that {@link Decoder#read} can read. They begin with the version. */
  public Encoder() {
    out.write(VERSION);
  }

  public byte[] toBytes() {
    return out.toByteArray();
  }

  /** A small tag, from 0 to 255. */
  public Encoder tag(int tag) {
    out.write(tag);
    return this;
  }

  public Encoder flag(boolean value) {
    return tag(value ? 1 : 0);
  }

  /** Writes a number. A number near zero takes few bytes, a negative one too. */
  public Encoder number(long value) {
    long rest = (value << 1) ^ (value >> 63);
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
    return this;
  }

  public Encoder text(String value) {
    return bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  public Encoder bytes(byte[] value) {
    number(value.length);
    out.writeBytes(value);
    return this;
  }

  public Encoder slice(Slice value) {
    number(value.length());
    out.write(value.array(), value.offset(), value.length());
    return this;
  }

  public Encoder instant(Instant value) {
    return number(value.getEpochSecond()).number(value.getNano());
  }

  public <T> Encoder optional(Optional<T> value, BiConsumer<Encoder, T> of) {
    flag(value.isPresent());
    value.ifPresent(v -> of.accept(this, v));
    return this;
  }

  public <T> Encoder all(Collection<T> values, BiConsumer<Encoder, T> of) {
    number(values.size());
    values.forEach(v -> of.accept(this, v));
    return this;
  }
}
