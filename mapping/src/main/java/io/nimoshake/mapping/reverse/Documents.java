package io.nimoshake.mapping.reverse;

import io.nimoshake.core.model.Slice;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bson.BsonBinaryReader;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.DecoderContext;
import org.bson.types.Decimal128;

/** Documents and their bytes, and when two values are the same. */
final class Documents {
  static final int DECIMAL128_DIGITS = 34;
  private static final BsonDocumentCodec CODEC = new BsonDocumentCodec();
  private static final int LONGEST_NUMBER = 400;
  private static final Pattern NUMBER =
      Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]{1,4})?");

  private Documents() {}

  static BsonDocument of(Slice bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes.array(), bytes.offset(), bytes.length()).slice();
    try (BsonBinaryReader reader = new BsonBinaryReader(buffer)) {
      return CODEC.decode(reader, DecoderContext.builder().build());
    }
  }

  static Slice bytes(BsonDocument document) {
    ByteBuffer buffer = new RawBsonDocument(document, CODEC).getByteBuffer().asNIO();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return Slice.of(bytes);
  }

  /** The value of a number; empty for all else. */
  static Optional<BigDecimal> number(BsonValue value) {
    return switch (value.getBsonType()) {
      case INT32 -> Optional.of(BigDecimal.valueOf(value.asInt32().getValue()));
      case INT64 -> Optional.of(BigDecimal.valueOf(value.asInt64().getValue()));
      case DOUBLE ->
          Double.isFinite(value.asDouble().getValue())
              ? Optional.of(new BigDecimal(Double.toString(value.asDouble().getValue())))
              : Optional.empty();
      case DECIMAL128 -> number(value.asDecimal128().getValue());
      default -> Optional.empty();
    };
  }

  private static Optional<BigDecimal> number(Decimal128 value) {
    if (!value.isFinite()) {
      return Optional.empty();
    }
    // Without its sign, because a negative zero has no BigDecimal.
    BigDecimal magnitude =
        Decimal128.fromIEEE754BIDEncoding(value.getHigh() & Long.MAX_VALUE, value.getLow())
            .bigDecimalValue();
    return Optional.of(value.isNegative() ? magnitude.negate() : magnitude);
  }

  /** The number as the conversion writes it: without zeros at the end, and without an exponent. */
  static BigDecimal bare(BigDecimal number) {
    BigDecimal bare = number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
    boolean fits = bare.scale() < 0 && bare.precision() - bare.scale() <= DECIMAL128_DIGITS;
    return fits ? bare.setScale(0) : bare;
  }

  /** The number that a text is; empty if it is none. */
  static Optional<BigDecimal> number(String text) {
    return text.length() <= LONGEST_NUMBER && NUMBER.matcher(text).matches()
        ? Optional.of(new BigDecimal(text))
        : Optional.empty();
  }

  /** The path of the first difference; empty if both are the same. Order of fields is none. */
  static Optional<String> difference(String path, BsonValue a, BsonValue b) {
    Optional<BigDecimal> number = number(a);
    if (number.isPresent()) {
      boolean same = number(b).filter(n -> n.compareTo(number.get()) == 0).isPresent();
      return same ? Optional.empty() : Optional.of(path);
    }
    if (a.isDocument() && b.isDocument()) {
      return difference(path, a.asDocument(), b.asDocument());
    }
    if (a.isArray() && b.isArray()) {
      if (a.asArray().size() != b.asArray().size()) {
        return Optional.of(path);
      }
      for (int i = 0; i < a.asArray().size(); i++) {
        Optional<String> found =
            difference(path + "[" + i + "]", a.asArray().get(i), b.asArray().get(i));
        if (found.isPresent()) {
          return found;
        }
      }
      return Optional.empty();
    }
    return a.equals(b) ? Optional.empty() : Optional.of(path);
  }

  private static Optional<String> difference(String path, BsonDocument a, BsonDocument b) {
    String prefix = path.isEmpty() ? "" : path + ".";
    for (String field : a.keySet()) {
      Optional<String> found =
          b.containsKey(field)
              ? difference(prefix + field, a.get(field), b.get(field))
              : Optional.of(prefix + field);
      if (found.isPresent()) {
        return found;
      }
    }
    return b.keySet().stream()
        .filter(field -> !a.containsKey(field))
        .findFirst()
        .map(field -> prefix + field);
  }

  static boolean isSame(BsonValue a, BsonValue b) {
    return difference("", a, b).isEmpty();
  }
}
