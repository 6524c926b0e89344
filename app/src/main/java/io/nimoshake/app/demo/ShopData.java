package io.nimoshake.app.demo;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.bson.BsonDocument;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * A single-table design: customers, their orders, drafts and sessions, and articles, all in the
 * table {@code shop}. The mapping file of docs/mapping.md takes them apart.
 */
final class ShopData implements DemoData {
  private static final String TABLE = "shop";

  /** Kinds of items; the number of an item decides which one it is. */
  private static final int KINDS = 5;

  private static final int ITEMS = 2_500;

  /** When the first customer came: 2024-01-01. */
  private static final long EPOCH_SECONDS = 1_704_067_200;

  private static final int MOST_LETTERS = 150;

  private final DynamoDbClient client;
  private final Random random = new Random(1);

  ShopData(DynamoDbClient client) {
    this.client = client;
  }

  @Override
  public String name() {
    return "the table shop, a single-table design";
  }

  /** The text of the mapping file. */
  static String mapping() {
    try (InputStream file = ShopData.class.getResourceAsStream("mapping.yaml")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Map<String, String> environment() {
    // The name of the file, and then its text: the demo writes no file.
    return Map.of("NIMO_SHAKE_MAPPING_FILE", "mapping.yaml\n" + mapping());
  }

  @Override
  public int load() {
    CreateTableRequest definition =
        CreateTableRequest.builder()
            .tableName(TABLE)
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .attributeDefinitions(
                a -> a.attributeName("pk").attributeType(ScalarAttributeType.S),
                a -> a.attributeName("sk").attributeType(ScalarAttributeType.S))
            .keySchema(
                k -> k.attributeName("pk").keyType(KeyType.HASH),
                k -> k.attributeName("sk").keyType(KeyType.RANGE))
            .build();
    List<Map<String, AttributeValue>> items = new ArrayList<>();
    for (int number = 0; number < ITEMS; number++) {
      items.add(item(number));
    }
    new TableLoader(client).load(definition, items);
    return items.size();
  }

  private Map<String, AttributeValue> key(int number) {
    int customer = number / KINDS;
    return switch (number % KINDS) {
      case 0 -> key("CUSTOMER#" + customer, "PROFILE");
      case 1, 2 -> key("CUSTOMER#" + customer, "ORDER#" + number);
      case 3 -> key("CUSTOMER#" + customer, "SESSION#" + number);
      default -> key("ARTICLE#" + number, "v1");
    };
  }

  private static Map<String, AttributeValue> key(String pk, String sk) {
    return new HashMap<>(Map.of("pk", text(pk), "sk", text(sk)));
  }

  private Map<String, AttributeValue> item(int number) {
    Map<String, AttributeValue> item = key(number);
    AttributeValue time =
        AttributeValue.fromN(String.valueOf(EPOCH_SECONDS + random.nextInt(30_000_000)));
    switch (number % KINDS) {
      case 0 -> {
        item.put("name", text("Customer " + number / KINDS));
        item.put("since", time);
        item.put("debug", text("x".repeat(random.nextInt(20))));
        item.put(
            "address",
            AttributeValue.fromM(
                Map.of("city", text("Town"), "zip", text("D-" + random.nextInt(99_999)))));
      }
      case 1, 2 -> {
        // The same key may be a draft now and an order later.
        boolean draft = random.nextInt(3) == 0;
        item.put("entity", text(draft ? "Draft" : "Order"));
        item.put(draft ? "expires" : "at", time);
        item.put("total", AttributeValue.fromN(random.nextInt(1_000) + ".9"));
      }
      case 3 -> item.put("entity", text("Session"));
      default -> item.put("price", AttributeValue.fromN(String.valueOf(random.nextInt(100))));
    }
    return item;
  }

  private static AttributeValue text(String text) {
    return AttributeValue.fromS(text);
  }

  @Override
  public void change() {
    int number = random.nextInt(ITEMS + ITEMS / 2);
    if (random.nextInt(4) == 0) {
      client.deleteItem(delete -> delete.tableName(TABLE).key(key(number)));
    } else {
      put(number);
    }
  }

  private void put(int number) {
    client.putItem(put -> put.tableName(TABLE).item(item(number)));
  }

  /** A customer, because it has a number of its own. */
  @Override
  public void putMarkers(int number) {
    put(number - number % KINDS);
  }

  @Override
  public boolean hasMarkers(MongoDatabase target, int number) {
    String id = String.valueOf(number / KINDS);
    return target.getCollection("customers").find(Filters.eq("_id", id)).first() != null;
  }

  @Override
  public List<String> arrived(MongoDatabase target) {
    List<String> lines = new ArrayList<>();
    lines.add("The items of the table shop are in these collections now:");
    for (String name : List.of("customers", "orders", "drafts", "rest")) {
      MongoCollection<BsonDocument> collection = target.getCollection(name, BsonDocument.class);
      BsonDocument one = collection.find().first();
      lines.add(
          String.format(
              Locale.ROOT, "  %-10s %,5d documents, such as", name, collection.countDocuments()));
      lines.add("    " + (one == null ? "none" : shortened(one.toJson())));
    }
    return lines;
  }

  private static String shortened(String json) {
    return json.length() <= MOST_LETTERS ? json : json.substring(0, MOST_LETTERS) + " ...";
  }
}
