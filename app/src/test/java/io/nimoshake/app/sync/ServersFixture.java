package io.nimoshake.app.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.nimoshake.app.ChildProgram;
import io.nimoshake.testkit.server.DynamoDbServer;
import io.nimoshake.testkit.server.MongoServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
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
 * Both servers and clients to them, for all tests of a class. Give each test an access key, and so
 * a database, of its own.
 */
final class ServersFixture implements BeforeAllCallback, AfterAllCallback {
  /** Of every wait for what must come: reached only if it never does, however busy the machine. */
  static final Duration LIMIT = Duration.ofMinutes(5);

  private static final int BATCH = 25;

  private final List<DynamoDbClient> clients = new ArrayList<>();
  private DynamoDbServer dynamoDb;
  private MongoServer mongo;
  private MongoClient mongoClient;

  @Override
  public void beforeAll(ExtensionContext context) {
    dynamoDb = DynamoDbServer.start();
    mongo = MongoServer.start();
    mongoClient = MongoClients.create(mongo.uri());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    clients.forEach(DynamoDbClient::close);
    mongoClient.close();
    mongo.close();
    dynamoDb.close();
  }

  /**
   * A configuration whose id is also its access key, and so names its own database there.
   *
   * @param more lines that are added, or take the place of the one with their key
   */
  Path conf(Path directory, String id, String... more) throws IOException {
    Map<String, String> lines = new LinkedHashMap<>();
    for (String line :
        List.of(
            "id = " + id,
            "source.access_key_id = " + id,
            "source.secret_access_key = secretkey",
            "source.region = us-east-1",
            "source.endpoint_url = " + endpoint(),
            "target.address = " + mongoUri(),
            "full_sync.http_port = 0",
            "incr_sync.http_port = 0")) {
      lines.put(key(line), line);
    }
    for (String line : more) {
      lines.put(key(line), line);
    }
    return Files.write(directory.resolve(id + ".conf"), lines.values());
  }

  private static String key(String line) {
    return line.substring(0, line.indexOf(" = "));
  }

  /** A refusal is one line, and this exit code. */
  static void assertRefused(int exitCode, String message, ChildProgram program) {
    assertEquals(exitCode, program.exitCode(), program.err() + program.out());
    assertTrue(program.err().contains(message), program.err());
    assertEquals(1, program.err().lines().count(), program.err());
  }

  void assertNothingWritten(String id) {
    for (String database : List.of(id, id + "-checkpoint")) {
      assertEquals(
          List.of(), mongo().getDatabase(database).listCollectionNames().into(new ArrayList<>()));
    }
  }

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
}
