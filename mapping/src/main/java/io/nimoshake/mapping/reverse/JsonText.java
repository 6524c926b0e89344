package io.nimoshake.mapping.reverse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.nimoshake.core.model.FieldNames;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonValue;

/** Writes a value as JSON, as long as it is one that JSON has. */
final class JsonText {
  private static final JsonFactory JSON = new JsonFactory();

  private JsonText() {}

  static Optional<String> of(BsonValue value, FieldNames names) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      if (!write(value, names, out)) {
        return Optional.empty();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Optional.of(text.toString());
  }

  /** The usual name of a nested field. */
  static String attribute(String field, FieldNames names) {
    if (!names.escape()) {
      return field;
    }
    String name = field.replace('\uFF0E', '.').replace('\u2400', '\0');
    return name.startsWith("\uFF04") ? "$" + name.substring(1) : name;
  }

  /** False if JSON has no such value. */
  private static boolean write(BsonValue value, FieldNames names, JsonGenerator out)
      throws IOException {
    Optional<BigDecimal> number = Documents.number(value);
    if (number.isPresent()) {
      out.writeNumber(number.get());
      return true;
    }
    switch (value.getBsonType()) {
      case STRING -> out.writeString(value.asString().getValue());
      case BOOLEAN -> out.writeBoolean(value.asBoolean().getValue());
      case NULL -> out.writeNull();
      case DOCUMENT -> {
        out.writeStartObject();
        for (Map.Entry<String, BsonValue> field : value.asDocument().entrySet()) {
          out.writeFieldName(attribute(field.getKey(), names));
          if (!write(field.getValue(), names, out)) {
            return false;
          }
        }
        out.writeEndObject();
      }
      case ARRAY -> {
        out.writeStartArray();
        for (BsonValue element : value.asArray()) {
          if (!write(element, names, out)) {
            return false;
          }
        }
        out.writeEndArray();
      }
      default -> {
        return false;
      }
    }
    return true;
  }
}
