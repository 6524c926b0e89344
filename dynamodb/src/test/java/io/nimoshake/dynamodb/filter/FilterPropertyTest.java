package io.nimoshake.dynamodb.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.Slice;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.dynamodb.convert.JsonFilter;
import io.nimoshake.dynamodb.source.LocalService;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;

/**
 * Random items and random expressions: DynamoDB Local and this package must agree about every item,
 * and about which expressions are refused. Another seed: {@code -Dnimoshake.filter.seed=N}.
 */
class FilterPropertyTest {
  private static final long SEED = Long.getLong("nimoshake.filter.seed", 14);
  private static final int ITEMS = 60;
  private static final int EXPRESSIONS = Integer.getInteger("nimoshake.filter.expressions", 3_000);
  private static final String TABLE = "items";

  @Test
  void everyItemIsJudgedAsTheServiceJudgesIt() throws Exception {
    RandomFilter random = new RandomFilter(new Random(SEED));
    int valid = 0;
    int telling = 0;
    try (LocalService service = LocalService.fresh()) {
      service.create(TABLE, "S");
      for (int i = 0; i < ITEMS; i++) {
        Map<String, AttributeValue> item = random.item(i);
        service.client().putItem(request -> request.tableName(TABLE).item(item));
      }
      Map<String, Slice> items = items(service.client());
      assertEquals(ITEMS, items.size());
      for (int i = 0; i < EXPRESSIONS; i++) {
        RandomFilter.Given given = random.next();
        Answer theirs = theirs(service.client(), given);
        Answer ours = ours(given, items);
        assertEquals(
            theirs.passed(),
            ours.passed(),
            () -> "seed " + SEED + ": " + given + "\nservice: " + theirs + "\nhere: " + ours);
        valid += theirs.passed().isPresent() ? 1 : 0;
        int passed = theirs.passed().map(Set::size).orElse(0);
        telling += passed > 0 && passed < ITEMS ? 1 : 0;
      }
    }
    assertTrue(valid > EXPRESSIONS / 3, valid + " valid expressions");
    assertTrue(telling > EXPRESSIONS / 6, telling + " expressions tell items apart");
  }

  /**
   * What became of an expression.
   *
   * @param passed keys of the items that pass; empty if it was refused
   * @param refusal why it was refused
   */
  private record Answer(Optional<Set<String>> passed, String refusal) {}

  private static Answer theirs(DynamoDbClient client, RandomFilter.Given given) {
    ScanRequest.Builder request =
        ScanRequest.builder()
            .tableName(TABLE)
            .projectionExpression("h")
            .filterExpression(given.expression());
    if (!given.names().isEmpty()) {
      request.expressionAttributeNames(given.names());
    }
    if (!given.values().isEmpty()) {
      request.expressionAttributeValues(given.values());
    }
    try {
      Set<String> passed = new TreeSet<>();
      client.scan(request.build()).items().forEach(item -> passed.add(item.get("h").s()));
      return new Answer(Optional.of(passed), "");
    } catch (DynamoDbException e) {
      assertEquals("ValidationException", e.awsErrorDetails().errorCode());
      return new Answer(Optional.empty(), e.awsErrorDetails().errorMessage());
    }
  }

  private static Answer ours(RandomFilter.Given given, Map<String, Slice> items) {
    try {
      Map<String, Value> values = new HashMap<>();
      given.values().forEach((name, value) -> values.put(name, Value.of(value)));
      JsonFilter parsed =
          new JsonFilter(ItemFilter.parse(given.expression(), given.names(), values));
      Set<String> passed = new TreeSet<>();
      items.forEach(
          (key, item) -> {
            if (parsed.passes(item)) {
              passed.add(key);
            }
          });
      return new Answer(Optional.of(passed), "");
    } catch (InvalidFilterException e) {
      return new Answer(Optional.empty(), e.getMessage());
    }
  }

  private static Map<String, Slice> items(DynamoDbClient client) {
    Map<String, Slice> items = new TreeMap<>();
    client
        .scan(request -> request.tableName(TABLE))
        .items()
        .forEach(item -> items.put(item.get("h").s(), Slice.utf8(AttributeJson.write(item))));
    return items;
  }
}
