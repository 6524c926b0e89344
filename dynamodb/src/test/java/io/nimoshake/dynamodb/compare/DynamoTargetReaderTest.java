package io.nimoshake.dynamodb.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.model.TableSchema.Projection;
import io.nimoshake.core.model.TableSchema.SecondaryIndex;
import io.nimoshake.core.port.TargetReader.SchemaDifference;
import io.nimoshake.dynamodb.source.FakeService;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DynamoTargetReaderTest {
  private static final KeyAttribute ID = key("id");

  /** DynamoDB Local makes no index with such a key. */
  private static final String TABLE =
      """
      {"Table": {
        "TableName": "t",
        "TableStatus": "ACTIVE",
        "AttributeDefinitions": [
          {"AttributeName": "id", "AttributeType": "S"},
          {"AttributeName": "a", "AttributeType": "S"},
          {"AttributeName": "b", "AttributeType": "S"},
          {"AttributeName": "c", "AttributeType": "S"},
          {"AttributeName": "d", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "GlobalSecondaryIndexes": [{
          "IndexName": "by_all",
          "Projection": {"ProjectionType": "ALL"},
          "KeySchema": [
            {"AttributeName": "a", "KeyType": "HASH"},
            {"AttributeName": "b", "KeyType": "HASH"},
            {"AttributeName": "c", "KeyType": "RANGE"},
            {"AttributeName": "d", "KeyType": "RANGE"}]}]}}
      """;

  @Test
  void theWholeKeyOfASecondaryIndexIsCompared() throws Exception {
    try (FakeService target = new FakeService().answer("DescribeTable", TABLE);
        DynamoTargetReader reader = new DynamoTargetReader(target.settings(), true)) {
      TableSchema same = table(List.of(key("a"), key("b")), List.of(key("c"), key("d")));
      assertEquals(List.of(), reader.schemaDifferences(same));

      TableSchema divided = table(List.of(key("a"), key("b"), key("c")), List.of(key("d")));
      TableSchema cut = table(List.of(key("a"), key("b")), List.of(key("c")));
      String found = "a global index with partition key a (S), b (S), sort key c (S), d (S)";
      assertEquals(
          List.of(
              new SchemaDifference(
                  "index by_all",
                  "a global index with partition key a (S), b (S), c (S), sort key d (S)",
                  Optional.of(found))),
          reader.schemaDifferences(divided));
      assertEquals(1, reader.schemaDifferences(cut).size());
    }
  }

  private static TableSchema table(List<KeyAttribute> hash, List<KeyAttribute> range) {
    return new TableSchema(
        "t",
        ID,
        Optional.empty(),
        List.of(new SecondaryIndex("by_all", true, hash, range, Projection.ALL)),
        0,
        0);
  }

  private static KeyAttribute key(String name) {
    return new KeyAttribute(name, KeyAttribute.Type.S);
  }
}
