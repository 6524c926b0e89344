package io.nimoshake.bench.whole;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.nimoshake.testkit.server.DynamoDbServer;
import io.nimoshake.testkit.server.MongoServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.PutRequest;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/** DynamoDB Local and mongo-java-server, with one table. */
final class BenchServers implements AutoCloseable {
  static final String TABLE = "bench";
  private static final int BATCH = 25;

  final DynamoDbServer dynamoServer =
      DynamoDbServer.start(DynamoDbServer.Options.DEFAULT.withHeapMegabytes(3_000));
  final MongoServer mongoServer;
  final DynamoDbClient dynamo = client(dynamoServer.endpoint());
  final MongoClient mongo;

  BenchServers() {
    // Room for a million small documents.
    this(MongoServer.start(3_000));
  }

  private BenchServers(MongoServer mongoServer) {
    this.mongoServer = mongoServer;
    this.mongo = MongoClients.create(mongoServer.uri());
  }

  /** With the changes of MongoDB, too. */
  static BenchServers withChangeStreams() {
    return new BenchServers(MongoServer.startWithChangeStreams(3_000));
  }

  static DynamoDbClient client(URI endpoint) {
    return local(DynamoDbClient.builder(), endpoint).build();
  }

  static DynamoDbStreamsClient streams(URI endpoint) {
    return local(DynamoDbStreamsClient.builder(), endpoint).build();
  }

  private static <B extends AwsClientBuilder<B, ?>> B local(B builder, URI endpoint) {
    return builder
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("accessKey", "secret")));
  }

  void createTable() {
    dynamo.createTable(
        table ->
            table
                .tableName(TABLE)
                .attributeDefinitions(
                    a -> a.attributeName("id").attributeType(ScalarAttributeType.S))
                .keySchema(k -> k.attributeName("id").keyType(KeyType.HASH))
                .billingMode(BillingMode.PAY_PER_REQUEST));
  }

  /** Writes this number of items. Each has about 1 KB and 14 attributes of mixed types. */
  void load(int items) {
    Random random = new Random(1);
    for (int from = 0; from < items; from += BATCH) {
      List<WriteRequest> requests = new ArrayList<>();
      for (int i = from; i < Math.min(items, from + BATCH); i++) {
        PutRequest put = PutRequest.builder().item(item("item-" + i, random)).build();
        requests.add(WriteRequest.builder().putRequest(put).build());
      }
      Map<String, List<WriteRequest>> left = Map.of(TABLE, requests);
      while (!left.isEmpty()) {
        Map<String, List<WriteRequest>> now = left;
        left = dynamo.batchWriteItem(r -> r.requestItems(now)).unprocessedItems();
      }
    }
  }

  static Map<String, AttributeValue> item(String id, Random random) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put("id", AttributeValue.fromS(id));
    for (int i = 0; i < 4; i++) {
      item.put("text" + i, AttributeValue.fromS(Long.toHexString(random.nextLong()).repeat(9)));
      item.put("number" + i, AttributeValue.fromN(Long.toString(random.nextLong())));
    }
    item.put("price", AttributeValue.fromN(random.nextInt(100_000) + ".25"));
    item.put("flag", AttributeValue.fromBool(random.nextBoolean()));
    byte[] bytes = new byte[120];
    random.nextBytes(bytes);
    item.put("binary", AttributeValue.fromB(SdkBytes.fromByteArray(bytes)));
    item.put("tags", AttributeValue.fromSs(List.of("alpha", "beta", "gamma")));
    item.put(
        "map",
        AttributeValue.fromM(
            Map.of("a", AttributeValue.fromN("1"), "b", AttributeValue.fromS("nested text"))));
    return item;
  }

  /** Writes a configuration that syncs the table, with these lines in addition. */
  Path configuration(String id, String... lines) throws IOException {
    return configuration(id, dynamoServer.endpoint(), lines);
  }

  /** Writes the same configuration with another endpoint as the source. */
  Path configuration(String id, URI source, String... lines) throws IOException {
    List<String> all = new ArrayList<>(Job.places(id, source, mongoServer.uri()));
    all.addAll(List.of(lines));
    Path file = Files.createTempFile("bench", ".conf");
    file.toFile().deleteOnExit();
    return Files.write(file, all);
  }

  @Override
  public void close() {
    mongo.close();
    dynamo.close();
    mongoServer.close();
    dynamoServer.close();
  }
}
