package io.nimoshake.app.e2e;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.Projection;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** The four shapes a key has in the tests, and items of every type for each. */
enum Shape {
  S("by_s", ScalarAttributeType.S, null),
  S_N("by_s_n", ScalarAttributeType.S, ScalarAttributeType.N),
  S_B("by_s_b", ScalarAttributeType.S, ScalarAttributeType.B),
  N("by_n", ScalarAttributeType.N, null);

  private static final String HASH = "hash.key";
  private static final String RANGE = "range";

  final String table;
  private final ScalarAttributeType hash;
  private final ScalarAttributeType range;

  Shape(String table, ScalarAttributeType hash, ScalarAttributeType range) {
    this.table = table;
    this.hash = hash;
    this.range = range;
  }

  List<String> keyNames() {
    return range == null ? List.of(HASH) : List.of(HASH, RANGE);
  }

  CreateTableRequest definition() {
    List<AttributeDefinition> attributes = new ArrayList<>();
    List<KeySchemaElement> key = new ArrayList<>();
    attributes.add(attribute(HASH, hash));
    key.add(element(HASH, KeyType.HASH));
    if (range != null) {
      attributes.add(attribute(RANGE, range));
      key.add(element(RANGE, KeyType.RANGE));
    }
    attributes.add(attribute("group", ScalarAttributeType.S));
    return CreateTableRequest.builder()
        .tableName(table)
        .attributeDefinitions(attributes)
        .keySchema(key)
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .globalSecondaryIndexes(
            GlobalSecondaryIndex.builder()
                .indexName("by_group")
                .keySchema(element("group", KeyType.HASH))
                .projection(Projection.builder().projectionType(ProjectionType.ALL).build())
                .build())
        .build();
  }

  Map<String, AttributeValue> key(int number) {
    Map<String, AttributeValue> key = new HashMap<>();
    key.put(HASH, part(hash, range == null ? number : number / 10));
    if (range != null) {
      key.put(RANGE, part(range, number));
    }
    return key;
  }

  private static AttributeValue part(ScalarAttributeType type, int number) {
    return switch (type) {
      case S -> AttributeValue.fromS("key-" + number);
      case N -> AttributeValue.fromN(number + (number % 3 == 0 ? ".5" : ""));
      default -> AttributeValue.fromB(SdkBytes.fromUtf8String("bytes-" + number));
    };
  }

  /** An item with this key and random attributes of every type. */
  Map<String, AttributeValue> item(int number, Random random) {
    Map<String, AttributeValue> item = key(number);
    item.put("group", AttributeValue.fromS("g" + random.nextInt(20)));
    item.put("integer", AttributeValue.fromN(Long.toString(random.nextLong())));
    item.put("small", AttributeValue.fromN(Integer.toString(random.nextInt(1000))));
    item.put("decimal", AttributeValue.fromN(random.nextInt(1_000_000) + ".0" + random.nextInt(9)));
    item.put("precise", AttributeValue.fromN("98765432109876543210987654321.1234"));
    item.put("text", AttributeValue.fromS("ä€😀 \"" + random.nextInt() + "\"\n"));
    item.put("flag", AttributeValue.fromBool(random.nextBoolean()));
    item.put("nothing", AttributeValue.fromNul(true));
    item.put("binary", AttributeValue.fromB(SdkBytes.fromByteArray(bytes(random))));
    item.put("strings", AttributeValue.fromSs(List.of("a", "b" + random.nextInt(99))));
    item.put("numbers", AttributeValue.fromNs(List.of("1", "2." + (1 + random.nextInt(9)))));
    item.put(
        "nested",
        AttributeValue.fromM(
            Map.of(
                "list",
                AttributeValue.fromL(
                    List.of(
                        AttributeValue.fromN(String.valueOf(random.nextInt())),
                        AttributeValue.fromL(List.of()),
                        // Not an empty map: DynamoDB Local's streams give it back as {}, typeless.
                        AttributeValue.fromM(Map.of("k", AttributeValue.fromS("v"))),
                        AttributeValue.fromNul(true))),
                "$dollar",
                AttributeValue.fromS(""))));
    if (random.nextBoolean()) {
      item.put("_id", AttributeValue.fromS("the user's own"));
    }
    return item;
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[random.nextInt(40)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static AttributeDefinition attribute(String name, ScalarAttributeType type) {
    return AttributeDefinition.builder().attributeName(name).attributeType(type).build();
  }

  private static KeySchemaElement element(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }
}
