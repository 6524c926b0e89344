package io.nimoshake.app.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import io.nimoshake.testkit.server.DynamoDbServer;
import io.nimoshake.testkit.server.MongoServer;
import java.util.Random;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

class TableComparisonTest {
  @Test
  void findsWhatIsMissingTooManyAndDifferent() {
    try (DynamoDbServer dynamoDb = DynamoDbServer.start();
        MongoServer mongo = MongoServer.start();
        DynamoDbClient source =
            DynamoDbClient.builder()
                .endpointOverride(dynamoDb.endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(
                    StaticCredentialsProvider.create(AwsBasicCredentials.create("a", "b")))
                .build();
        MongoClient target = MongoClients.create(mongo.uri())) {
      SampleTable table = SampleTable.ORDERS;
      source.createTable(table.definition());
      for (int i = 1; i <= 2; i++) {
        int number = i;
        source.putItem(put -> put.tableName("orders").item(table.item(number, new Random(number))));
      }
      MongoCollection<BsonDocument> orders =
          target.getDatabase("d").getCollection("orders", BsonDocument.class);
      orders.insertOne(
          BsonDocument.parse(
              "{_id: {customer: 'customer2', number: 2}, customer: 'customer2', number: 2}"));
      orders.insertOne(
          BsonDocument.parse(
              "{_id: {customer: 'customer3', number: 3}, customer: 'customer3', number: 3}"));

      TableComparison comparison = TableComparison.of(table, source, orders);

      assertFalse(comparison.isEqual());
      assertEquals(2, comparison.items());
      assertEquals(2, comparison.documents());
      assertEquals(3, comparison.differences().size(), comparison.differences()::toString);
      String all = String.join("\n", comparison.differences());
      assertTrue(all.contains("customer1 / 1: is missing in the target"), all);
      assertTrue(all.matches("(?s).*customer2 / 2: \\w+ is missing.*"), all);
      assertTrue(all.contains("customer3 / 3: is in the target only"), all);
      assertTrue(TableComparison.hasItem(table, 2, orders));
      assertFalse(TableComparison.hasItem(table, 502, orders));
    }
  }
}
