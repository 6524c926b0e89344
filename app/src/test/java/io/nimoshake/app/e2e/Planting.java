package io.nimoshake.app.e2e;

import io.nimoshake.dynamodb.convert.ConvertType;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.bson.BsonArray;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Makes both sides of a table differ in chosen items, and knows what has to be found. */
final class Planting {
  private static final String ONE_DIGIT_OFF = "98765432109876543210987654321.1235";

  private final Servers servers;
  private final Shape shape;
  private final ConvertType type;
  private final Set<String> expected = new TreeSet<>();

  Planting(Servers servers, Shape shape, ConvertType type) {
    this.servers = servers;
    this.shape = shape;
    this.type = type;
  }

  /** Items 0 to 9 are for planting; this is to be copied before. */
  void prepareSource() {
    Random random = new Random(5);
    for (int number = 0; number < 10; number++) {
      Map<String, AttributeValue> item = shape.item(number, random);
      item.put("strings", AttributeValue.fromSs(List.of("a", "")));
      item.put("small", AttributeValue.fromN("42"));
      servers.dynamo.putItem(r -> r.tableName(shape.table).item(item));
    }
  }

  /** What {@link Checking#summary} must say. */
  Set<String> plant() {
    servers.collection(shape.table).deleteOne(document(0));
    expect("missing", 0, "");
    servers.dynamo.deleteItem(r -> r.tableName(shape.table).key(shape.key(1)));
    expect("extra", 1, "");
    if (type == ConvertType.CHANGE || type == ConvertType.RAW) {
      change(2, fields -> fields.put("precise", number(ONE_DIGIT_OFF)));
      expect("different", 2, "precise");
    }
    change(
        3,
        fields -> {
          BsonDocument nested = inner(fields, "nested", "M").asDocument();
          BsonArray list = inner(nested, "list", "L").asArray();
          Collections.swap(list, 0, 1);
        });
    expect("different", 3, "nested.list[0]", "nested.list[1]");
    change(4, fields -> fields.remove("nothing"));
    expect("different", 4, "nothing");
    change(5, fields -> fields.put("small", sameNumberOfAnotherType()));
    expect("different", 5, "small");
    change(6, fields -> inner(fields, "strings", "SS").asArray().remove(new BsonString("")));
    expect("different", 6, "strings");
    change(7, fields -> fields.put("more", new BsonString("than the item has")));
    expect("different", 7, "more");
    ObjectId id = new ObjectId();
    servers
        .collection(shape.table)
        .insertOne(new BsonDocument("_id", new BsonObjectId(id)).append("x", new BsonInt32(1)));
    expected.add(shape.table + " extra {\"_id\": {\"$oid\": \"" + id + "\"}}[ ]");
    return expected;
  }

  private void expect(String kind, int number, String... paths) {
    StringBuilder key = new StringBuilder("{");
    for (String name : shape.keyNames()) {
      AttributeValue value = shape.key(number).get(name);
      String text =
          switch (value.type()) {
            case S -> value.s();
            case N -> value.n();
            default -> Base64.getEncoder().encodeToString(value.b().asByteArray());
          };
      key.append(key.length() > 1 ? "," : "")
          .append('"' + name + "\":{\"" + value.type() + "\":\"" + text + "\"}");
    }
    expected.add(
        shape.table
            + " "
            + kind
            + " "
            + key
            + "}"
            + Arrays.stream(paths).map(path -> " " + path).sorted().toList());
  }

  private BsonDocument document(int number) {
    BsonDocument filter = new BsonDocument();
    for (BsonDocument found : servers.collection(shape.table).find()) {
      if (isOf(found, number)) {
        return filter.append("_id", found.get("_id"));
      }
    }
    throw new AssertionError("no document of item " + number + " in " + shape.table);
  }

  private boolean isOf(BsonDocument found, int number) {
    return shape.keyNames().stream()
        .allMatch(
            name -> {
              BsonValue value = found.get(Servers.field(name));
              return value != null && sameScalar(shape.key(number).get(name), value);
            });
  }

  private static boolean sameScalar(AttributeValue wanted, BsonValue found) {
    BsonValue value = found.isDocument() ? found.asDocument().values().iterator().next() : found;
    return switch (wanted.type()) {
      case S -> value.isString() && value.asString().getValue().equals(wanted.s());
      case N -> new BigDecimal(wanted.n()).compareTo(number(value)) == 0;
      default ->
          value.isBinary() && Arrays.equals(value.asBinary().getData(), wanted.b().asByteArray());
    };
  }

  private static BigDecimal number(BsonValue value) {
    return value.isString()
        ? new BigDecimal(value.asString().getValue())
        : value.asNumber().decimal128Value().bigDecimalValue();
  }

  private void change(int number, Consumer<BsonDocument> change) {
    BsonDocument filter = document(number);
    BsonDocument fields = servers.collection(shape.table).find(filter).first();
    change.accept(fields);
    servers.collection(shape.table).replaceOne(filter, fields);
  }

  private BsonValue inner(BsonDocument fields, String name, String descriptor) {
    BsonValue value = fields.get(name);
    return type == ConvertType.RAW ? value.asDocument().get(descriptor) : value;
  }

  private BsonValue number(String after) {
    return type == ConvertType.RAW
        ? new BsonDocument("N", new BsonString(after))
        : new BsonDecimal128(Decimal128.parse(after));
  }

  private BsonValue sameNumberOfAnotherType() {
    return switch (type) {
      case CHANGE -> new BsonDecimal128(Decimal128.parse("42"));
      case RAW -> new BsonDocument("S", new BsonString("42"));
      default -> new BsonInt32(42);
    };
  }
}
