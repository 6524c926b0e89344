package io.nimoshake.app.e2e;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.bson.BsonArray;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** A shop in single-table design: customers, orders and drafts, carts, sessions, and others. */
final class Shop extends BackgroundLoad {
  static final String TABLE = "shop";
  static final List<String> COLLECTIONS = List.of("customers", "orders", "drafts", "carts", "rest");

  static final String MAPPING =
      """
      version: 1
      tables:
        shop:
          attributes:
            - drop: [debug]
          split:
            - when: {sk: PROFILE, pk: {begins_with: "CUSTOMER#"}}
              collection: customers
              id: {attribute: pk, strip: "CUSTOMER#"}
              attributes:
                - rename: {mail: email}
            - when: {entity: Order}
              collection: orders
              attributes:
                - rename: {cust: customer}
                - convert: {at: date(epoch_seconds)}
              indexes: [{keys: {customer: 1, total: -1}}]
            - when: {entity: Draft}
              collection: drafts
            - when: {entity: Cart, sk: {begins_with: "ITEM#"}}
              collection: carts
            - when: {entity: Session}
              then: ignore
            - otherwise: {collection: rest}
      """;

  private static final List<String> TYPES =
      List.of("Order", "Order", "Draft", "Cart", "Session", "Other");

  private Shop(DynamoDbClient dynamo, int keys, Random random) {
    super("shop", CHANGES_A_SECOND, () -> change(dynamo, keys, random));
  }

  static void create(DynamoDbClient dynamo, int items) {
    dynamo.createTable(
        r ->
            r.tableName(TABLE)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .attributeDefinitions(attribute("pk"), attribute("sk"))
                .keySchema(key("pk", KeyType.HASH), key("sk", KeyType.RANGE)));
    Random random = new Random(1);
    for (int from = 0; from < items; from += TableWrites.BATCH) {
      List<WriteRequest> requests = new ArrayList<>();
      for (int i = from; i < Math.min(items, from + TableWrites.BATCH); i++) {
        requests.add(TableWrites.put(item(i, random)));
      }
      TableWrites.write(dynamo, TABLE, requests);
    }
  }

  private static AttributeDefinition attribute(String name) {
    return AttributeDefinition.builder()
        .attributeName(name)
        .attributeType(ScalarAttributeType.S)
        .build();
  }

  private static KeySchemaElement key(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }

  /** Begins to change items, many of them from one type to another. */
  static Shop open(DynamoDbClient dynamo, int items, long seed) {
    return new Shop(dynamo, items + items / 10, new Random(seed));
  }

  private static int change(DynamoDbClient dynamo, int keys, Random random) {
    Map<Integer, WriteRequest> requests = new HashMap<>();
    for (int i = 0; i < TableWrites.BATCH; i++) {
      int number = random.nextInt(3) == 0 ? random.nextInt(10) : random.nextInt(keys);
      Map<String, AttributeValue> item = item(number, random);
      requests.put(
          number,
          random.nextInt(4) == 0
              ? TableWrites.delete(Map.of("pk", item.get("pk"), "sk", item.get("sk")))
              : TableWrites.put(item));
    }
    TableWrites.write(dynamo, TABLE, List.copyOf(requests.values()));
    return requests.size();
  }

  /** An item whose key depends on the number alone; all else is random, its type too. */
  private static Map<String, AttributeValue> item(int number, Random random) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put("pk", text("CUSTOMER#" + number / 5));
    item.put("sk", text(number % 5 == 0 ? "PROFILE" : "ITEM#" + number % 5));
    item.put("entity", text(TYPES.get(random.nextInt(TYPES.size()))));
    item.put("mail", text("m" + random.nextInt(1_000)));
    item.put("cust", text("c" + random.nextInt(100)));
    item.put("total", AttributeValue.fromN(Integer.toString(random.nextInt(10_000))));
    item.put("at", AttributeValue.fromN(Integer.toString(random.nextInt(1_000_000))));
    item.put("tags", AttributeValue.fromSs(tags(random)));
    item.put("debug", text("x".repeat(random.nextInt(200))));
    return item;
  }

  /** In any order: it is a set. */
  private static List<String> tags(Random random) {
    List<String> tags =
        new ArrayList<>(List.of("new", "used", "rare", "\uFFFDgift", "\uD83D\uDE00"));
    Collections.shuffle(tags, random);
    return tags.subList(0, 1 + random.nextInt(tags.size()));
  }

  private static AttributeValue text(String text) {
    return AttributeValue.fromS(text);
  }

  /** Where the document of an item has to be, and what it has to be. */
  record Expected(String collection, BsonDocument document) {}

  /** The words of {@link #MAPPING} as code; empty if the item has no document. */
  static Optional<Expected> expected(Map<String, AttributeValue> item) {
    String pk = item.get("pk").s();
    String sk = item.get("sk").s();
    String entity = item.get("entity").s();
    BsonDocument document = new BsonDocument();
    document.put("pk", new BsonString(pk));
    document.put("sk", new BsonString(sk));
    document.put("entity", new BsonString(entity));
    document.put("mail", new BsonString(item.get("mail").s()));
    document.put("cust", new BsonString(item.get("cust").s()));
    document.put(
        "tags", new BsonArray(item.get("tags").ss().stream().map(BsonString::new).toList()));
    document.put("total", new BsonInt32(Integer.parseInt(item.get("total").n())));
    document.put("at", new BsonInt32(Integer.parseInt(item.get("at").n())));
    BsonValue id = new BsonDocument("pk", new BsonString(pk)).append("sk", new BsonString(sk));
    String collection;
    if (sk.equals("PROFILE")) {
      collection = "customers";
      id = new BsonString(pk.substring("CUSTOMER#".length()));
      document.put("email", document.remove("mail"));
    } else if (entity.equals("Order")) {
      collection = "orders";
      document.put("customer", document.remove("cust"));
      document.put("at", new BsonDateTime(Long.parseLong(item.get("at").n()) * 1_000));
    } else if (entity.equals("Draft")) {
      collection = "drafts";
    } else if (entity.equals("Cart")) {
      collection = "carts";
    } else if (entity.equals("Session")) {
      return Optional.empty();
    } else {
      collection = "rest";
    }
    document.put("_id", id);
    return Optional.of(new Expected(collection, document));
  }

  /** A document as text, whatever the order of its fields and of its tags. */
  static String text(BsonDocument document) {
    return new TreeMap<>(sorted(document)).toString();
  }

  /** A document whose tags are sorted by their bytes. */
  static BsonDocument sorted(BsonDocument document) {
    BsonDocument sorted = document.clone();
    if (sorted.containsKey("tags")) {
      sorted.getArray("tags").sort((a, b) -> Arrays.compareUnsigned(utf8(a), utf8(b)));
    }
    return sorted;
  }

  private static byte[] utf8(BsonValue text) {
    return text.asString().getValue().getBytes(StandardCharsets.UTF_8);
  }
}
