package io.nimoshake.app.preview;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.client.AttributeJson;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Reads items and keys that a person wrote as DynamoDB JSON. */
public final class ItemText {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** What {@code aws dynamodb get-item} writes around an item. */
  private static final String WRAPPER = "Item";

  private ItemText() {}

  /**
   * Reads an item. The answer of {@code aws dynamodb get-item} is one, too.
   *
   * @throws IllegalArgumentException with one clear line, if the text is not an item of this table
   */
  public static String item(String text, TableSchema table) {
    Map<String, AttributeValue> item = read(text, table);
    for (KeyAttribute attribute : table.key()) {
      check(item, attribute, "the item");
    }
    return AttributeJson.write(item);
  }

  /**
   * Reads a key: the key attributes of a table and nothing else.
   *
   * @throws IllegalArgumentException with one clear line, if the text is not a key of this table
   */
  public static Map<String, AttributeValue> key(String text, TableSchema table) {
    Map<String, AttributeValue> key = read(text, table);
    for (KeyAttribute attribute : table.key()) {
      check(key, attribute, "the key");
    }
    List<String> names = table.key().stream().map(KeyAttribute::name).toList();
    if (key.size() > names.size()) {
      throw new IllegalArgumentException(
          "a key has the key attributes only: " + String.join(", ", names));
    }
    return key;
  }

  private static void check(Map<String, AttributeValue> item, KeyAttribute attribute, String what) {
    AttributeValue value = item.get(attribute.name());
    if (value == null) {
      throw new IllegalArgumentException(what + " has no key attribute " + attribute.name());
    } else if (!value.type().name().equals(attribute.type().name())) {
      throw new IllegalArgumentException(
          "key attribute "
              + attribute.name()
              + " is of type "
              + attribute.type()
              + ", not "
              + value.type());
    }
  }

  private static Map<String, AttributeValue> read(String text, TableSchema table) {
    JsonNode node;
    try {
      node = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
    JsonNode answer = node.path(WRAPPER);
    // A map of the item may have this name, too.
    boolean hasKey =
        table.key().stream()
            .map(KeyAttribute::name)
            .allMatch(name -> !name.equals(WRAPPER) && node.path(name).isObject());
    boolean wrapped =
        !hasKey
            && answer.isObject()
            && !answer.isEmpty()
            && answer.valueStream().allMatch(JsonNode::isObject);
    try {
      return AttributeJson.read((wrapped ? answer : node).toString());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "not DynamoDB JSON, which has the type of each value, such as {\"pk\": {\"S\": \"x\"}}"
              + reason(e),
          e);
    }
  }

  private static String reason(IllegalArgumentException e) {
    String message = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
    return message == null ? "" : ": " + message.lines().findFirst().orElse("");
  }
}
