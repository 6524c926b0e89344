package io.nimoshake.app.demo;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** A table of the demo and its items. The same number always gives the same key. */
enum SampleTable {
  CUSTOMERS("customers", 2_000, "email", ScalarAttributeType.S) {
    @Override
    void fill(Map<String, AttributeValue> item, int number, Random random) {
      item.put("email", text("customer" + number + "@example.org"));
      item.put("name", text(NAMES[random.nextInt(NAMES.length)] + " " + number));
      item.put("active", AttributeValue.fromBool(random.nextBoolean()));
      item.put("nickname", AttributeValue.fromNul(true));
      item.put("balance", number(random.nextInt(1_000_000) + "." + random.nextInt(100)));
      item.put("tags", AttributeValue.fromSs(List.of("t" + random.nextInt(9), "known")));
      item.put("lucky", AttributeValue.fromNs(List.of("7", "1" + random.nextInt(9) + "5")));
      item.put(
          "address",
          AttributeValue.fromM(
              Map.of(
                  "street", text("Nr. " + random.nextInt(200)),
                  "geo",
                      AttributeValue.fromL(
                          List.of(number("50." + random.nextInt(999)), number("8.25"))))));
    }
  },
  ORDERS("orders", 3_000, "customer", ScalarAttributeType.S, "number", ScalarAttributeType.N) {
    @Override
    void fill(Map<String, AttributeValue> item, int number, Random random) {
      item.put("customer", text("customer" + number % 500));
      item.put("number", number(String.valueOf(number)));
      item.put("total", number(random.nextInt(10_000) + "." + random.nextInt(100)));
      item.put("checksum", number(Long.toString(random.nextLong())));
      item.put("precise", number("1234567890123456789012345678." + random.nextInt(1_000)));
      item.put("empty", AttributeValue.fromL(List.of()));
      item.put(
          "lines",
          AttributeValue.fromL(
              List.of(
                  AttributeValue.fromM(
                      Map.of(
                          "article", text("A" + random.nextInt(99)),
                          "count", number(String.valueOf(1 + random.nextInt(9))))),
                  text("gift"))));
    }
  },
  EVENTS("events", 1_500, "source", ScalarAttributeType.S, "id", ScalarAttributeType.B) {
    @Override
    void fill(Map<String, AttributeValue> item, int number, Random random) {
      item.put("source", text("sensor" + number % 40));
      item.put("id", bytes("event-" + number));
      item.put("at", number(String.valueOf(Instant.EPOCH.getEpochSecond() + random.nextInt())));
      item.put("payload", bytes("x".repeat(1 + random.nextInt(300))));
      item.put("unit", text(random.nextBoolean() ? "°C" : "m/s²"));
    }
  };

  private static final String[] NAMES = {"Ada", "Grace", "Edsger", "Barbara", "Donald", "Frances"};

  private final String tableName;
  private final int size;
  private final KeyPart hash;
  private final Optional<KeyPart> range;

  private record KeyPart(String name, ScalarAttributeType type) {}

  SampleTable(String tableName, int size, String hash, ScalarAttributeType type) {
    this.tableName = tableName;
    this.size = size;
    this.hash = new KeyPart(hash, type);
    this.range = Optional.empty();
  }

  SampleTable(
      String tableName,
      int size,
      String hash,
      ScalarAttributeType type,
      String range,
      ScalarAttributeType rangeType) {
    this.tableName = tableName;
    this.size = size;
    this.hash = new KeyPart(hash, type);
    this.range = Optional.of(new KeyPart(range, rangeType));
  }

  abstract void fill(Map<String, AttributeValue> item, int number, Random random);

  /** The item of a number: always the same key, with random contents. */
  Map<String, AttributeValue> item(int number, Random random) {
    Map<String, AttributeValue> item = new HashMap<>();
    fill(item, number, random);
    return item;
  }

  Map<String, AttributeValue> key(int number) {
    Map<String, AttributeValue> item = item(number, new Random(0));
    item.keySet().retainAll(keyNames());
    return item;
  }

  /** The {@code _id} of an item's document. All numbers in keys are integers. */
  BsonValue documentId(int number) {
    BsonDocument id = new BsonDocument();
    for (String name : keyNames()) {
      AttributeValue value = key(number).get(name);
      id.append(
          name,
          switch (value.type()) {
            case S -> new BsonString(value.s());
            case N -> new BsonInt32(Integer.parseInt(value.n()));
            default -> new BsonBinary(value.b().asByteArray());
          });
    }
    return range.isPresent() ? id : id.get(hash.name);
  }

  String tableName() {
    return tableName;
  }

  /** How many items the table has at first. */
  int size() {
    return size;
  }

  List<String> keyNames() {
    return range.map(part -> List.of(hash.name, part.name)).orElseGet(() -> List.of(hash.name));
  }

  CreateTableRequest definition() {
    CreateTableRequest.Builder request =
        CreateTableRequest.builder().tableName(tableName).billingMode(BillingMode.PAY_PER_REQUEST);
    AttributeDefinition hashDefinition = definition(hash);
    KeySchemaElement hashElement = element(hash, KeyType.HASH);
    return range
        .map(
            part ->
                request
                    .attributeDefinitions(hashDefinition, definition(part))
                    .keySchema(hashElement, element(part, KeyType.RANGE)))
        .orElseGet(() -> request.attributeDefinitions(hashDefinition).keySchema(hashElement))
        .build();
  }

  private static AttributeDefinition definition(KeyPart part) {
    return AttributeDefinition.builder().attributeName(part.name).attributeType(part.type).build();
  }

  private static KeySchemaElement element(KeyPart part, KeyType type) {
    return KeySchemaElement.builder().attributeName(part.name).keyType(type).build();
  }

  private static AttributeValue text(String text) {
    return AttributeValue.fromS(text);
  }

  private static AttributeValue number(String number) {
    return AttributeValue.fromN(number);
  }

  private static AttributeValue bytes(String text) {
    return AttributeValue.fromB(SdkBytes.fromString(text, StandardCharsets.UTF_8));
  }
}
