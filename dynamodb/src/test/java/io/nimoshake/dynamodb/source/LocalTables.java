package io.nimoshake.dynamodb.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.dynamodb.client.DynamoClients;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/** Makes tables and items for tests, and turns batches into plain maps. */
final class LocalTables implements AutoCloseable {
  /** More pages than any split of a test has; a test that reads as many would never end. */
  static final int MANY_PAGES = 100;

  private final DynamoClients clients;

  LocalTables(String accessKey) {
    clients = Servers.clients(Servers.local(accessKey));
  }

  DynamoDbClient client() {
    return clients.tables();
  }

  /**
   * Creates a table.
   *
   * @param types type of the hash key {@code h} and, if it has two characters, of the range key
   *     {@code r}
   */
  void create(String table, String types) {
    client().createTable(request(table, types).build());
  }

  String createStreamed(String table, StreamViewType viewType) {
    return client()
        .createTable(
            request(table, "S")
                .streamSpecification(s -> s.streamEnabled(true).streamViewType(viewType))
                .build())
        .tableDescription()
        .latestStreamArn();
  }

  void put(String table, Map<String, AttributeValue> item) {
    client().putItem(request -> request.tableName(table).item(item));
  }

  void delete(String table, Map<String, AttributeValue> key) {
    client().deleteItem(request -> request.tableName(table).key(key));
  }

  @Override
  public void close() {
    clients.close();
  }

  static CreateTableRequest.Builder request(String table, String types) {
    List<AttributeDefinition> attributes = new ArrayList<>();
    List<KeySchemaElement> key = new ArrayList<>();
    for (int i = 0; i < types.length(); i++) {
      String name = i == 0 ? "h" : "r";
      attributes.add(
          AttributeDefinition.builder()
              .attributeName(name)
              .attributeType(ScalarAttributeType.fromValue(types.substring(i, i + 1)))
              .build());
      key.add(
          KeySchemaElement.builder()
              .attributeName(name)
              .keyType(i == 0 ? KeyType.HASH : KeyType.RANGE)
              .build());
    }
    return CreateTableRequest.builder()
        .tableName(table)
        .attributeDefinitions(attributes)
        .keySchema(key)
        .billingMode(BillingMode.PAY_PER_REQUEST);
  }

  /** The n-th item of a table with keys of these types. */
  static Map<String, AttributeValue> item(String types, int n) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put("h", key(types.charAt(0), n));
    if (types.length() > 1) {
      item.put("r", key(types.charAt(1), n * 7));
    }
    item.put("n", AttributeValue.fromN(String.valueOf(n)));
    return item;
  }

  static Map<String, AttributeValue> item(String key, String value) {
    return Map.of("h", AttributeValue.fromS(key), "v", AttributeValue.fromS(value));
  }

  static Map<String, AttributeValue> key(String key) {
    return Map.of("h", AttributeValue.fromS(key));
  }

  private static AttributeValue key(char type, int n) {
    return switch (type) {
      case 'S' -> AttributeValue.fromS("k\"é" + n);
      case 'N' -> AttributeValue.fromN(n + ".5");
      default -> AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {(byte) n, (byte) -n, 0}));
    };
  }

  /** The changes of a batch, in order, as {@code +key=value} and {@code -key}. */
  static List<String> texts(ChangeBatch batch) {
    List<String> texts = new ArrayList<>();
    for (Change change : batch.changes()) {
      String key = AttributeJson.read(change.key().encoded().toUtf8()).get("h").s();
      texts.add(
          change instanceof Change.Upsert upsert
              ? "+" + key + "=" + AttributeJson.read(upsert.document().toUtf8()).get("v").s()
              : "-" + key);
    }
    return texts;
  }

  /** Reads all items up to the end, by their attribute {@code n}; fails if an item comes twice. */
  static Map<Integer, Map<String, AttributeValue>> readAll(SplitReader reader) throws Exception {
    Map<Integer, Map<String, AttributeValue>> items = new TreeMap<>();
    ChangeBatch batch;
    int read = 0;
    int pages = 0;
    do {
      assertTrue(pages++ < MANY_PAGES, "no end in sight");
      batch = reader.read();
      read += batch.changes().size();
      items.putAll(items(batch));
    } while (!batch.isEnd());
    assertEquals(read, items.size(), "items read twice");
    return items;
  }

  /** The items of a page, by their attribute {@code n}. */
  static Map<Integer, Map<String, AttributeValue>> items(ChangeBatch batch) {
    Map<Integer, Map<String, AttributeValue>> items = new TreeMap<>();
    for (Change change : batch.changes()) {
      Map<String, AttributeValue> item =
          AttributeJson.read(((Change.Upsert) change).document().toUtf8());
      items.put(Integer.valueOf(item.get("n").n()), item);
    }
    return items;
  }
}
