package io.nimoshake.bench.whole;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import java.math.BigDecimal;
import java.net.URI;
import java.util.Map;
import org.bson.Document;
import org.bson.types.Decimal128;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;

/** Compares both sides by asking the target for one item after the other. */
final class OneByOne {
  private OneByOne() {}

  public static void main(String[] arguments) {
    int left = Integer.parseInt(arguments[3]);
    int different = 0;
    try (DynamoDbClient dynamo = BenchServers.client(URI.create(arguments[0]));
        MongoClient mongo = MongoClients.create(arguments[1])) {
      MongoCollection<Document> target =
          mongo.getDatabase(arguments[2]).getCollection(BenchServers.TABLE);
      Map<String, AttributeValue> start = null;
      do {
        ScanResponse page =
            dynamo.scan(
                ScanRequest.builder()
                    .tableName(BenchServers.TABLE)
                    .limit(Math.min(2_000, left))
                    .exclusiveStartKey(start)
                    .build());
        for (Map<String, AttributeValue> item : page.items()) {
          Document document = target.find(Filters.eq("_id", item.get("id").s())).first();
          if (document == null || !isSame(item, document)) {
            different++;
          }
          left--;
        }
        start = page.lastEvaluatedKey().isEmpty() ? null : page.lastEvaluatedKey();
      } while (start != null && left > 0);
    }
    System.out.println(different + " differ");
  }

  private static boolean isSame(Map<String, AttributeValue> item, Document document) {
    return item.entrySet().stream()
        .allMatch(
            attribute -> {
              AttributeValue value = attribute.getValue();
              Object found = document.get(attribute.getKey());
              return switch (value.type()) {
                case S -> value.s().equals(found);
                case N -> isSame(new BigDecimal(value.n()), found);
                default -> value.bool().equals(found);
              };
            });
  }

  private static boolean isSame(BigDecimal number, Object found) {
    if (found instanceof Decimal128 decimal) {
      return decimal.bigDecimalValue().compareTo(number) == 0;
    }
    return found instanceof Number n && new BigDecimal(n.toString()).compareTo(number) == 0;
  }
}
