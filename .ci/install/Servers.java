import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.nimoshake.testkit.server.DynamoDbServer;
import io.nimoshake.testkit.server.MongoServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Scanner;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * DynamoDB Local with a table "orders", and a MongoDB-compatible server, for the tests of installed
 * packages. Prints the endpoint of the first and the address of the second on one line. Then takes
 * commands from standard input, and answers each with the line "ok":
 *
 * <ul>
 *   <li>{@code put FROM TO}: writes items
 *   <li>{@code await NUMBER}: waits until the collection has so many documents; at most 5 minutes
 * </ul>
 */
final class Servers {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  public static void main(String[] arguments) throws Exception {
    try (DynamoDbServer dynamo = DynamoDbServer.start();
        MongoServer mongo = MongoServer.start();
        DynamoDbClient source = client(dynamo.endpoint());
        MongoClient target = MongoClients.create(mongo.uri())) {
      source.createTable(
          table ->
              table
                  .tableName("orders")
                  .billingMode(BillingMode.PAY_PER_REQUEST)
                  .keySchema(key -> key.attributeName("id").keyType(KeyType.HASH))
                  .attributeDefinitions(
                      type -> type.attributeName("id").attributeType(ScalarAttributeType.S)));
      System.out.println(dynamo.endpoint() + " " + mongo.uri());
      BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        Scanner words = new Scanner(line);
        switch (words.next()) {
          case "put" -> put(source, words.nextInt(), words.nextInt());
          case "await" -> await(target, words.nextInt());
          default -> throw new IllegalArgumentException(line);
        }
        System.out.println("ok");
      }
    }
  }

  private static DynamoDbClient client(URI endpoint) {
    return DynamoDbClient.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("accessKey", "secret")))
        .build();
  }

  private static void put(DynamoDbClient source, int from, int to) {
    for (int i = from; i < to; i++) {
      AttributeValue id = AttributeValue.fromS("order-" + i);
      AttributeValue total = AttributeValue.fromN(i + ".50");
      source.putItem(put -> put.tableName("orders").item(Map.of("id", id, "total", total)));
    }
  }

  private static void await(MongoClient target, int wanted) throws InterruptedException {
    Instant end = Instant.now().plus(LIMIT);
    long found = -1;
    while (found != wanted) {
      found = target.getDatabase("nimo-shake").getCollection("orders").countDocuments();
      if (found != wanted && Instant.now().isAfter(end)) {
        throw new IllegalStateException(found + " documents instead of " + wanted);
      }
      Thread.sleep(100);
    }
  }
}
