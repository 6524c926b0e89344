package io.nimoshake.app.sync;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.nimoshake.testkit.server.DynamoDbServer;
import io.nimoshake.testkit.server.MongoServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/**
 * Both servers and clients to them. Give each test an access key, and so a database, of its own.
 */
final class ServersFixture implements AutoCloseable {
  private static final int BATCH = 25;

  private final DynamoDbServer dynamoDb = DynamoDbServer.start();
  private final MongoServer mongo = MongoServer.start();
  private final MongoClient mongoClient = MongoClients.create(mongo.uri());
  private final List<DynamoDbClient> clients = new ArrayList<>();

  String endpoint() {
    return dynamoDb.endpoint().toString();
  }

  String mongoUri() {
    return mongo.uri();
  }

  MongoClient mongo() {
    return mongoClient;
  }

  DynamoDbClient dynamoDb(String accessKey) {
    DynamoDbClient client =
        DynamoDbClient.builder()
            .endpointOverride(dynamoDb.endpoint())
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(accessKey, "secretkey")))
            .build();
    clients.add(client);
    return client;
  }

  /** Closes the open shard of every stream and opens its child. */
  void rollShards() {
    dynamoDb.rollShards();
  }

  DynamoDbStreamsClient streams(String accessKey) {
    return DynamoDbStreamsClient.builder()
        .endpointOverride(dynamoDb.endpoint())
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, "secretkey")))
        .build();
  }

  /** A table with the key {@code id} and items {@code item-0} onwards. */
  static void load(DynamoDbClient client, String table, int items) {
    client.createTable(
        request ->
            request
                .tableName(table)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .attributeDefinitions(
                    AttributeDefinition.builder()
                        .attributeName("id")
                        .attributeType(ScalarAttributeType.S)
                        .build())
                .keySchema(
                    KeySchemaElement.builder().attributeName("id").keyType(KeyType.HASH).build()));
    for (int from = 0; from < items; from += BATCH) {
      List<WriteRequest> writes = new ArrayList<>();
      for (int i = from; i < Math.min(from + BATCH, items); i++) {
        Map<String, AttributeValue> item = item(i);
        writes.add(WriteRequest.builder().putRequest(put -> put.item(item)).build());
      }
      client.batchWriteItem(request -> request.requestItems(Map.of(table, writes)));
    }
  }

  static Map<String, AttributeValue> item(int number) {
    return Map.of(
        "id", AttributeValue.fromS("item-" + number),
        "n", AttributeValue.fromN(number + ".5"));
  }

  @Override
  public void close() {
    clients.forEach(DynamoDbClient::close);
    mongoClient.close();
    mongo.close();
    dynamoDb.close();
  }
}
