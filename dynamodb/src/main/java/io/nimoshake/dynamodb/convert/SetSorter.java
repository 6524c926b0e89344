package io.nimoshake.dynamodb.convert;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.bson.types.Decimal128;

/**
 * Sorts the elements of a set that was written as an array. Only mappings that are plug-ins need
 * it, and they make objects of values anyway, so it makes objects, too.
 */
final class SetSorter {
  private static final Comparator<Element> BY_BYTES =
      (a, b) ->
          Arrays.compareUnsigned(
              a.value, a.textFrom(), a.value.length, b.value, b.textFrom(), b.value.length);
  private static final Comparator<Element> BY_NUMBER = Comparator.comparing(Element::number);

  private SetSorter() {}

  /** An element of the array without its name. */
  private record Element(byte type, byte[] value) {
    /** Where the text begins, or the data: behind the length, and for data behind its subtype. */
    int textFrom() {
      return type == BsonBuffer.STRING ? 4 : 5;
    }

    BigDecimal number() {
      return switch (type) {
        case BsonBuffer.INT32 -> BigDecimal.valueOf((int) BsonBuffer.INTS.get(value, 0));
        case BsonBuffer.INT64 -> BigDecimal.valueOf((long) BsonBuffer.LONGS.get(value, 0));
        case BsonBuffer.DOUBLE ->
            new BigDecimal(Double.longBitsToDouble((long) BsonBuffer.LONGS.get(value, 0)));
        case BsonBuffer.DECIMAL128 ->
            Decimal128.fromIEEE754BIDEncoding(
                    (long) BsonBuffer.LONGS.get(value, 8), (long) BsonBuffer.LONGS.get(value, 0))
                .bigDecimalValue();
        case BsonBuffer.STRING ->
            new BigDecimal(new String(value, 4, value.length - 5, StandardCharsets.US_ASCII));
        default -> throw new IllegalStateException("no number has the BSON type " + type);
      };
    }
  }

  /**
   * Sorts the last array of a buffer.
   *
   * @param start where the array begins; it ends where the buffer does
   * @param type the {@link ValueType} of the elements
   */
  static void sort(BsonBuffer out, int start, int type) {
    List<Element> elements = elements(out, start);
    elements.sort(type == ValueType.N ? BY_NUMBER : BY_BYTES);
    // The names are the indexes. They stay, and so does the length of the array.
    out.pos = start + 4;
    for (int i = 0; i < elements.size(); i++) {
      int at = BsonItemWriter.element(out, i);
      out.buf[at] = elements.get(i).type;
      out.putBytes(elements.get(i).value);
    }
    out.endDocument(start);
  }

  private static List<Element> elements(BsonBuffer in, int start) {
    List<Element> elements = new ArrayList<>();
    int at = start + 4;
    while (in.buf[at] != 0) {
      byte type = in.buf[at++];
      while (in.buf[at++] != 0) {
        // the name
      }
      int length = length(type, in.buf, at);
      elements.add(new Element(type, Arrays.copyOfRange(in.buf, at, at + length)));
      at += length;
    }
    return elements;
  }

  private static int length(byte type, byte[] bytes, int at) {
    return switch (type) {
      case BsonBuffer.INT32 -> 4;
      case BsonBuffer.INT64, BsonBuffer.DOUBLE -> 8;
      case BsonBuffer.DECIMAL128 -> 16;
      case BsonBuffer.STRING -> 4 + (int) BsonBuffer.INTS.get(bytes, at);
      case BsonBuffer.BINARY -> 5 + (int) BsonBuffer.INTS.get(bytes, at);
      default -> throw new IllegalStateException("no element of a set has the BSON type " + type);
    };
  }
}
