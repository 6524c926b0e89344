package io.nimoshake.dynamodb.client;

import io.nimoshake.core.model.Slice;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Items of the conformance suite, whose values are String, Long and ByteBuffer, as DynamoDB's. */
public final class ItemCodec {
  private ItemCodec() {}

  /** As JSON, in the middle of a larger array, like the items of a page. */
  public static Slice encode(Map<String, Object> attributes) {
    byte[] json = AttributeJson.write(values(attributes)).getBytes(StandardCharsets.UTF_8);
    byte[] page = new byte[json.length + 10];
    System.arraycopy(json, 0, page, 7, json.length);
    return new Slice(page, 7, json.length);
  }

  public static Map<String, AttributeValue> values(Map<String, Object> attributes) {
    Map<String, AttributeValue> values = new LinkedHashMap<>();
    attributes.forEach((name, value) -> values.put(name, encode(value)));
    return values;
  }

  private static AttributeValue encode(Object value) {
    if (value instanceof String text) {
      return AttributeValue.fromS(text);
    }
    return value instanceof Long number
        ? AttributeValue.fromN(number.toString())
        : AttributeValue.fromB(SdkBytes.fromByteArray(((ByteBuffer) value).array()));
  }

  public static Map<String, Object> decode(Map<String, AttributeValue> item) {
    Map<String, Object> decoded = new LinkedHashMap<>();
    item.forEach((name, value) -> decoded.put(name, decode(value)));
    return decoded;
  }

  private static Object decode(AttributeValue value) {
    return switch (value.type()) {
      case S -> value.s();
      case N -> Long.valueOf(value.n());
      default -> ByteBuffer.wrap(value.b().asByteArray());
    };
  }
}
