package io.nimoshake.testkit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Speaks DynamoDB's JSON protocol to the child, without an SDK. */
class DynamoDbServerTest {
  private static DynamoDbServer server;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    server = DynamoDbServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void anAccessKeyHasADatabaseOfItsOwn() throws Exception {
    createStreamedTable("one", "mine");

    assertEquals("{\"TableNames\":[\"mine\"]}", call("one", "DynamoDB_20120810.ListTables", "{}"));
    assertEquals("{\"TableNames\":[]}", call("two", "DynamoDB_20120810.ListTables", "{}"));
  }

  @Test
  void allShareOneDatabaseIfAskedTo() throws Exception {
    try (DynamoDbServer shared = DynamoDbServer.start(DynamoDbServer.Options.DEFAULT.shared())) {
      createStreamedTable(shared, "one", "ours");

      assertEquals(
          "{\"TableNames\":[\"ours\"]}", call(shared, "two", "DynamoDB_20120810.ListTables", "{}"));
    }
  }

  @Test
  void shardsRollOver() throws Exception {
    String arn = createStreamedTable("roller", "table");
    put("roller", "table", "a");
    assertEquals(1, shards("roller", arn));

    server.rollShards();

    assertEquals(2, shards("roller", arn));
  }

  @Test
  void agedRecordsAreGone() throws Exception {
    String arn = createStreamedTable("ager", "table");
    put("ager", "table", "old");
    String shard = value("ShardId", describeStream("ager", arn));
    assertTrue(recordsOf("ager", arn, shard).contains("\"eventName\""));

    server.ageStreams(Duration.ofHours(25));

    String answer = recordsOf("ager", arn, shard);
    assertFalse(answer.contains("\"eventName\""), answer);
  }

  @Test
  void theChildIsGoneOnceClosed() {
    DynamoDbServer another = DynamoDbServer.start();
    long pid = another.pid();
    assertTrue(ProcessHandle.of(pid).isPresent());

    another.close();

    assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
  }

  private static int shards(String accessKey, String arn) throws Exception {
    return describeStream(accessKey, arn).split("\"ShardId\"", -1).length - 1;
  }

  private static String describeStream(String accessKey, String arn) throws Exception {
    return call(
        accessKey, "DynamoDBStreams_20120810.DescribeStream", "{\"StreamArn\":\"" + arn + "\"}");
  }

  /** What GetRecords answers from the shard's beginning, be it an error. */
  private static String recordsOf(String accessKey, String arn, String shard) throws Exception {
    String iterator =
        call(
            accessKey,
            "DynamoDBStreams_20120810.GetShardIterator",
            "{\"StreamArn\":\""
                + arn
                + "\",\"ShardId\":\""
                + shard
                + "\",\"ShardIteratorType\":\"TRIM_HORIZON\"}");
    return send(
            server,
            accessKey,
            "DynamoDBStreams_20120810.GetRecords",
            "{\"ShardIterator\":\"" + value("ShardIterator", iterator) + "\"}")
        .body();
  }

  private static String value(String name, String json) {
    Matcher value = Pattern.compile("\"" + name + "\":\"([^\"]+)\"").matcher(json);
    assertTrue(value.find(), json);
    return value.group(1);
  }

  private static void put(String accessKey, String table, String key) throws Exception {
    call(
        accessKey,
        "DynamoDB_20120810.PutItem",
        "{\"TableName\":\"" + table + "\",\"Item\":{\"k\":{\"S\":\"" + key + "\"}}}");
  }

  private static String createStreamedTable(String accessKey, String table) throws Exception {
    return createStreamedTable(server, accessKey, table);
  }

  private static String createStreamedTable(DynamoDbServer to, String accessKey, String table)
      throws Exception {
    String answer =
        call(
            to,
            accessKey,
            "DynamoDB_20120810.CreateTable",
            "{\"TableName\":\""
                + table
                + "\",\"AttributeDefinitions\":[{\"AttributeName\":\"k\",\"AttributeType\":\"S\"}],"
                + "\"KeySchema\":[{\"AttributeName\":\"k\",\"KeyType\":\"HASH\"}],"
                + "\"BillingMode\":\"PAY_PER_REQUEST\",\"StreamSpecification\":"
                + "{\"StreamEnabled\":true,\"StreamViewType\":\"NEW_AND_OLD_IMAGES\"}}");
    return value("LatestStreamArn", answer);
  }

  private static String call(String accessKey, String target, String body) throws Exception {
    return call(server, accessKey, target, body);
  }

  private static String call(DynamoDbServer to, String accessKey, String target, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> response = send(to, accessKey, target, body);
    assertEquals(200, response.statusCode(), response.body());
    return response.body();
  }

  private static HttpResponse<String> send(
      DynamoDbServer to, String accessKey, String target, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(to.endpoint())
            .header("Content-Type", "application/x-amz-json-1.0")
            .header("X-Amz-Target", target)
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential="
                    + accessKey
                    + "/20260101/us-east-1/dynamodb/aws4_request,"
                    + " SignedHeaders=host, Signature=0")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
