package io.nimoshake.dynamodb.client;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Writes the SDK's attribute values as DynamoDB JSON and reads them back, for positions and for the
 * few items that do not take the fast path. Keeps the order of attributes.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html">
 *     DynamoDB low-level API, data type descriptors</a>
 */
public final class AttributeJson {

  private AttributeJson() {}

  /** {@code {"name":{"S":"value"},...}} */
  public static String write(Map<String, AttributeValue> item) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = ItemJson.FACTORY.createGenerator(text)) {
      write(item, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** One value with its type: {@code {"S":"text"}} */
  public static String write(AttributeValue value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = ItemJson.FACTORY.createGenerator(text)) {
      writeValue(value, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** Writes an item as one JSON object. */
  public static void write(Map<String, AttributeValue> item, JsonGenerator out) throws IOException {
    out.writeStartObject();
    for (Map.Entry<String, AttributeValue> attribute : item.entrySet()) {
      out.writeFieldName(attribute.getKey());
      writeValue(attribute.getValue(), out);
    }
    out.writeEndObject();
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IllegalArgumentException if the text is not an item in DynamoDB JSON
   */
  public static Map<String, AttributeValue> read(String json) {
    try (JsonParser in = ItemJson.FACTORY.createParser(json)) {
      expect(in.nextToken(), JsonToken.START_OBJECT);
      Map<String, AttributeValue> item = readItem(in);
      expect(in.nextToken(), null);
      return item;
    } catch (IOException e) {
      throw new IllegalArgumentException("not an item in DynamoDB JSON", e);
    }
  }

  private static void writeValue(AttributeValue value, JsonGenerator out) throws IOException {
    out.writeStartObject();
    boolean isNull = value.type() == AttributeValue.Type.NUL;
    out.writeFieldName(isNull ? "NULL" : value.type().name());
    switch (value.type()) {
      case S -> out.writeString(value.s());
      case N -> out.writeString(value.n());
      case B -> out.writeString(base64(value.b()));
      case BOOL -> out.writeBoolean(value.bool());
      case NUL -> out.writeBoolean(value.nul());
      case M -> write(value.m(), out);
      case L -> {
        out.writeStartArray();
        for (AttributeValue element : value.l()) {
          writeValue(element, out);
        }
        out.writeEndArray();
      }
      case SS -> writeStrings(value.ss(), out);
      case NS -> writeStrings(value.ns(), out);
      case BS -> writeStrings(value.bs().stream().map(AttributeJson::base64).toList(), out);
      default -> throw new IllegalArgumentException("unknown attribute type");
    }
    out.writeEndObject();
  }

  private static void writeStrings(List<String> strings, JsonGenerator out) throws IOException {
    out.writeStartArray();
    for (String string : strings) {
      out.writeString(string);
    }
    out.writeEndArray();
  }

  private static Map<String, AttributeValue> readItem(JsonParser in) throws IOException {
    Map<String, AttributeValue> item = new LinkedHashMap<>();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      expect(in.nextToken(), JsonToken.START_OBJECT);
      item.put(name, readValue(in));
    }
    return item;
  }

  private static AttributeValue readValue(JsonParser in) throws IOException {
    expect(in.nextToken(), JsonToken.FIELD_NAME);
    String type = in.currentName();
    in.nextToken();
    AttributeValue.Builder value = AttributeValue.builder();
    switch (type) {
      case "S" -> value.s(string(in));
      case "N" -> value.n(string(in));
      case "B" -> value.b(bytes(string(in)));
      case "BOOL" -> value.bool(in.getBooleanValue());
      case "NULL" -> value.nul(in.getBooleanValue());
      case "M" -> {
        expect(in.currentToken(), JsonToken.START_OBJECT);
        value.m(readItem(in));
      }
      case "L" -> value.l(readList(in));
      case "SS" -> value.ss(readStrings(in));
      case "NS" -> value.ns(readStrings(in));
      case "BS" -> value.bs(readStrings(in).stream().map(AttributeJson::bytes).toList());
      default -> throw new IOException("unknown type " + type);
    }
    expect(in.nextToken(), JsonToken.END_OBJECT);
    return value.build();
  }

  private static List<AttributeValue> readList(JsonParser in) throws IOException {
    expect(in.currentToken(), JsonToken.START_ARRAY);
    List<AttributeValue> list = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      expect(in.currentToken(), JsonToken.START_OBJECT);
      list.add(readValue(in));
    }
    return list;
  }

  private static List<String> readStrings(JsonParser in) throws IOException {
    expect(in.currentToken(), JsonToken.START_ARRAY);
    List<String> strings = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      strings.add(string(in));
    }
    return strings;
  }

  private static String string(JsonParser in) throws IOException {
    expect(in.currentToken(), JsonToken.VALUE_STRING);
    return in.getText();
  }

  private static void expect(JsonToken actual, JsonToken expected) throws IOException {
    if (actual != expected) {
      throw new IOException("expected " + expected + ", found " + actual);
    }
  }

  private static String base64(SdkBytes bytes) {
    return Base64.getEncoder().encodeToString(bytes.asByteArrayUnsafe());
  }

  private static SdkBytes bytes(String base64) {
    return SdkBytes.fromByteArrayUnsafe(Base64.getDecoder().decode(base64));
  }
}
