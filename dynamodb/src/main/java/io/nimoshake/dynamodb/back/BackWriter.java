package io.nimoshake.dynamodb.back;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nimoshake.core.model.Slice;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Writes an item as DynamoDB JSON, and counts its bytes as the service does, but never more: of
 * numbers, the service says only about how many bytes they have.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html">
 *     Amazon DynamoDB Developer Guide, DynamoDB item sizes and formats</a>
 */
final class BackWriter {
  /** Of a list or a map, besides what is in it. */
  private static final int CONTAINER_BYTES = 3;

  private final JsonGenerator out;
  private long itemBytes;

  BackWriter(JsonGenerator out) {
    this.out = out;
  }

  long itemBytes() {
    return itemBytes;
  }

  void beginItem() throws IOException {
    out.writeStartObject();
  }

  void endItem() throws IOException {
    out.writeEndObject();
  }

  void name(String attribute) throws IOException {
    out.writeFieldName(attribute);
    itemBytes += utf8Length(attribute);
  }

  void beginMap() throws IOException {
    begin("M");
    out.writeStartObject();
    itemBytes += CONTAINER_BYTES;
  }

  void endMap() throws IOException {
    out.writeEndObject();
    out.writeEndObject();
  }

  void beginList() throws IOException {
    begin("L");
    out.writeStartArray();
    itemBytes += CONTAINER_BYTES;
  }

  /** Before each element of a list. */
  void element() {
    itemBytes++;
  }

  void endList() throws IOException {
    out.writeEndArray();
    out.writeEndObject();
  }

  void string(String text) throws IOException {
    begin("S");
    out.writeString(text);
    out.writeEndObject();
    itemBytes += utf8Length(text);
  }

  void number(String number) throws IOException {
    begin("N");
    out.writeString(number);
    out.writeEndObject();
    itemBytes += numberBytes(number);
  }

  void binary(byte[] bytes) throws IOException {
    begin("B");
    out.writeBinary(bytes);
    out.writeEndObject();
    itemBytes += bytes.length;
  }

  void bool(boolean value) throws IOException {
    begin("BOOL");
    out.writeBoolean(value);
    out.writeEndObject();
    itemBytes++;
  }

  void nul() throws IOException {
    begin("NULL");
    out.writeBoolean(true);
    out.writeEndObject();
    itemBytes++;
  }

  /**
   * Writes a set.
   *
   * @param type SS, NS or BS
   * @param elements texts, numbers or base64
   */
  void set(String type, List<String> elements) throws IOException {
    begin(type);
    out.writeStartArray();
    for (String element : elements) {
      out.writeString(element);
      itemBytes +=
          switch (type) {
            case "NS" -> numberBytes(element);
            case "BS" -> Base64.getDecoder().decode(element).length;
            default -> utf8Length(element);
          };
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  /** Writes the value of a key attribute. */
  void keyValue(AttributeValue value) throws IOException {
    switch (value.type()) {
      case S -> string(value.s());
      case N -> number(value.n());
      case B -> binary(value.b().asByteArray());
      default -> throw new IllegalArgumentException("a key of type " + value.type());
    }
  }

  private void begin(String type) throws IOException {
    out.writeStartObject();
    out.writeFieldName(type);
  }

  private static long numberBytes(String number) {
    return new BigDecimal(number).stripTrailingZeros().precision() / 2 + 1;
  }

  private static int utf8Length(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return text.getBytes(StandardCharsets.UTF_8).length;
      }
    }
    return text.length();
  }

  /** How a set writes binary elements. */
  static String base64(Slice bytes) {
    return Base64.getEncoder().encodeToString(bytes.copy());
  }
}
