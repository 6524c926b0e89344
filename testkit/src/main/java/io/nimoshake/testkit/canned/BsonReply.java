package io.nimoshake.testkit.canned;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The few BSON types that answers are made of. */
final class BsonReply {
  private static final int DOUBLE = 1;
  private static final int STRING = 2;
  private static final int DOCUMENT = 3;
  private static final int ARRAY = 4;
  private static final int BOOLEAN = 8;
  private static final int INT32 = 16;
  private static final int INT64 = 18;

  private BsonReply() {}

  /** Takes texts, numbers, booleans, maps with texts as keys, and lists. */
  static byte[] document(Map<?, ?> fields) {
    ByteArrayOutputStream elements = new ByteArrayOutputStream();
    fields.forEach((name, value) -> element(elements, String.valueOf(name), value));
    elements.write(0);
    return buffer(elements.size() + 4)
        .putInt(elements.size() + 4)
        .put(elements.toByteArray())
        .array();
  }

  private static byte[] array(List<?> values) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i++) {
      fields.put(Integer.toString(i), values.get(i));
    }
    return document(fields);
  }

  private static void element(ByteArrayOutputStream to, String name, Object value) {
    if (value instanceof Double number) {
      put(to, DOUBLE, name, buffer(8).putDouble(number).array());
    } else if (value instanceof String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      put(to, STRING, name, buffer(bytes.length + 5).putInt(bytes.length + 1).put(bytes).array());
    } else if (value instanceof Map<?, ?> map) {
      put(to, DOCUMENT, name, document(map));
    } else if (value instanceof List<?> list) {
      put(to, ARRAY, name, array(list));
    } else if (value instanceof Boolean flag) {
      put(to, BOOLEAN, name, new byte[] {(byte) (flag ? 1 : 0)});
    } else if (value instanceof Integer number) {
      put(to, INT32, name, buffer(4).putInt(number).array());
    } else if (value instanceof Long number) {
      put(to, INT64, name, buffer(8).putLong(number).array());
    } else {
      throw new IllegalArgumentException("no type for " + name + ": " + value);
    }
  }

  private static void put(ByteArrayOutputStream to, int type, String name, byte[] value) {
    to.write(type);
    to.writeBytes(name.getBytes(StandardCharsets.UTF_8));
    to.write(0);
    to.writeBytes(value);
  }

  static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
