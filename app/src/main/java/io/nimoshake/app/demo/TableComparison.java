package io.nimoshake.app.demo;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Reads a table with the AWS SDK and its collection with the MongoDB driver, and compares them item
 * by item. Small tables only: the collection is held in memory.
 *
 * @param items how many items the table has
 * @param documents how many documents the collection has
 * @param differences what is not the same, a line each
 */
record TableComparison(int items, int documents, List<String> differences) {

  static TableComparison of(
      SampleTable table, DynamoDbClient source, MongoCollection<BsonDocument> target) {
    Map<String, BsonDocument> documents = new HashMap<>();
    List<String> differences = new ArrayList<>();
    int found = 0;
    for (BsonDocument document : target.find()) {
      found++;
      String key = keyOf(table.keyNames(), document);
      if (documents.put(key, document) != null) {
        differences.add(key + ": two documents");
      }
    }
    int items = 0;
    for (Map<String, AttributeValue> item :
        source
            .scanPaginator(
                scan -> scan.tableName(table.tableName()).consistentRead(true).limit(500))
            .items()) {
      items++;
      String key = keyOf(table.keyNames(), item);
      Optional.ofNullable(documents.remove(key))
          .map(document -> ItemComparison.difference(table.keyNames(), item, document))
          .orElseGet(() -> Optional.of("is missing in the target"))
          .ifPresent(difference -> differences.add(key + ": " + difference));
    }
    documents.keySet().forEach(key -> differences.add(key + ": is in the target only"));
    return new TableComparison(items, found, differences);
  }

  boolean isEqual() {
    return differences.isEmpty();
  }

  /** Whether an item's document is there; for tables whose hash key is a string. */
  static boolean hasItem(SampleTable table, int number, MongoCollection<BsonDocument> target) {
    Map<String, AttributeValue> key = table.key(number);
    String wanted = keyOf(table.keyNames(), key);
    String hash = table.keyNames().get(0);
    for (BsonDocument document : target.find(Filters.eq(hash, key.get(hash).s()))) {
      if (keyOf(table.keyNames(), document).equals(wanted)) {
        return true;
      }
    }
    return false;
  }

  private static String keyOf(List<String> names, BsonDocument document) {
    return String.join(
        " / ",
        names.stream()
            .map(name -> document.containsKey(name) ? text(document.get(name)) : "?")
            .toList());
  }

  private static String text(BsonValue value) {
    return switch (value.getBsonType()) {
      case STRING -> value.asString().getValue();
      case BINARY -> Base64.getEncoder().encodeToString(value.asBinary().getData());
      case INT32 -> text(BigDecimal.valueOf(value.asInt32().getValue()));
      case INT64 -> text(BigDecimal.valueOf(value.asInt64().getValue()));
      case DECIMAL128 -> text(value.asDecimal128().getValue().bigDecimalValue());
      default -> value.toString();
    };
  }

  private static String keyOf(List<String> names, Map<String, AttributeValue> item) {
    return String.join(" / ", names.stream().map(name -> text(item.get(name))).toList());
  }

  private static String text(AttributeValue value) {
    return switch (value.type()) {
      case S -> value.s();
      case N -> text(new BigDecimal(value.n()));
      case B -> Base64.getEncoder().encodeToString(value.b().asByteArray());
      default -> value.toString();
    };
  }

  private static String text(BigDecimal number) {
    return number.stripTrailingZeros().toPlainString();
  }
}
