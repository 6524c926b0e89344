package io.nimoshake.plugin;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import org.bson.BsonBinaryWriter;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;

/**
 * An item, after it was converted to BSON ({@code convert.type}) and before it has an {@code _id}.
 * It is a view of the bytes that nimo-shake holds: a value is decoded when it is asked for, and
 * nothing can be changed. To change it, take a {@link #copy}. A view is valid only until the call
 * that got it returns.
 *
 * <p>Names are those of the fields ({@code convert.field_names}). A path lists the names of the
 * maps around a value and its own.
 *
 * <p>A set is an array. Its elements are sorted: strings and binary values by their bytes (UTF-8),
 * numbers by value. DynamoDB does not keep the order of a set, and the same item must always look
 * the same.
 */
public final class Item {
  private static final BsonDocumentCodec CODEC = new BsonDocumentCodec();

  private final RawBsonDocument bytes;

  private Item(RawBsonDocument bytes) {
    this.bytes = bytes;
  }

  /** A view of a BSON document. The bytes are not copied. */
  public static Item of(byte[] array, int offset, int length) {
    return new Item(new RawBsonDocument(array, offset, length));
  }

  /** An item for a test. */
  public static Item of(BsonDocument document) {
    BasicOutputBuffer out = new BasicOutputBuffer();
    try (BsonBinaryWriter writer = new BsonBinaryWriter(out)) {
      CODEC.encode(writer, document, EncoderContext.builder().build());
    }
    return of(out.toByteArray(), 0, out.getPosition());
  }

  /** Names at the top level. */
  public Set<String> names() {
    return Collections.unmodifiableSet(bytes.keySet());
  }

  public boolean has(String... path) {
    return value(path).isPresent();
  }

  /** Returns a value of any type. A map or a list is a view, too. Empty if there is none. */
  public Optional<BsonValue> value(String... path) {
    BsonValue value = bytes;
    for (String name : path) {
      if (value == null || !value.isDocument()) {
        return Optional.empty();
      }
      value = value.asDocument().get(name);
    }
    return Optional.ofNullable(value);
  }

  /** Returns a string. Empty if there is none, or if the value is of another type. */
  public Optional<String> string(String... path) {
    return value(path).filter(BsonValue::isString).map(value -> value.asString().getValue());
  }

  /** Returns a number. Empty if there is none, or if the value is of another type. */
  public Optional<BigDecimal> number(String... path) {
    return value(path).flatMap(Item::number);
  }

  /** Returns true or false. Empty if there is none, or if the value is of another type. */
  public Optional<Boolean> bool(String... path) {
    return value(path).filter(BsonValue::isBoolean).map(value -> value.asBoolean().getValue());
  }

  /** The number that a value is. Empty if it is none, or not a finite one. */
  public static Optional<BigDecimal> number(BsonValue value) {
    return switch (value.getBsonType()) {
      case INT32 -> Optional.of(BigDecimal.valueOf(value.asInt32().getValue()));
      case INT64 -> Optional.of(BigDecimal.valueOf(value.asInt64().getValue()));
      case DOUBLE ->
          Double.isFinite(value.asDouble().getValue())
              ? Optional.of(BigDecimal.valueOf(value.asDouble().getValue()))
              : Optional.empty();
      case DECIMAL128 ->
          value.asDecimal128().getValue().isFinite()
              ? Optional.of(new BigDecimal(value.asDecimal128().getValue().toString()))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** Returns a copy that the plug-in may change and return. */
  public BsonDocument copy() {
    return bytes.decode(CODEC);
  }

  /** The length alone: items do not belong in logs. */
  @Override
  public String toString() {
    return "Item[" + bytes.getByteBuffer().remaining() + " bytes]";
  }
}
