package io.nimoshake.testkit.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nimoshake.testkit.server.DynamoDbServer;
import io.nimoshake.testkit.wire.RawDynamo;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an incremental export has, and under which names.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html">
 *     Amazon DynamoDB Developer Guide, DynamoDB table export output format</a>
 */
class ExportEndpointTest {
  private static final String TABLE_ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/items";
  private static final JsonMapper JSON = new JsonMapper();
  private static DynamoDbServer server;
  private static int databases;

  @TempDir Path bucket;

  private ExportEndpoint endpoint;
  private RawDynamo client;

  /** Of the change that is made in the first second of the window. */
  private Instant from;

  @BeforeAll
  static void startServer() {
    server = DynamoDbServer.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void createTable() throws Exception {
    endpoint = ExportEndpoint.to(server.endpoint(), "exports", bucket, 3);
    client = new RawDynamo(endpoint.endpoint(), "exported" + databases++);
    client.table(
        "CreateTable",
        "{'TableName':'items','AttributeDefinitions':[{'AttributeName':'k','AttributeType':'S'}],"
            + "'KeySchema':[{'AttributeName':'k','KeyType':'HASH'}],"
            + "'BillingMode':'PAY_PER_REQUEST','StreamSpecification':"
            + "{'StreamEnabled':true,'StreamViewType':'NEW_AND_OLD_IMAGES'}}");
    endpoint.enableRecovery("items");
  }

  @AfterEach
  void close() {
    endpoint.close();
  }

  @Test
  void anExportHasTheLastStateOfEachKeyThatChangedInItsWindow() throws Exception {
    for (String key : List.of("deleted", "updated", "untouched", "transacted")) {
      put(key, 1);
    }
    put("before", 1);
    beginWindow();
    put("updated", 2);
    client.table(
        "UpdateItem",
        "{'TableName':'items','Key':{'k':{'S':'updated'}},'UpdateExpression':'SET v = :v',"
            + "'ExpressionAttributeValues':{':v':{'N':'3'}}}");
    delete("deleted");
    put("fleeting", 1);
    delete("fleeting");
    client.table(
        "BatchWriteItem",
        "{'RequestItems':{'items':[{'PutRequest':{'Item':{'k':{'S':'inserted'},'v':{'N':'4'}}}},"
            + "{'DeleteRequest':{'Key':{'k':{'S':'never there'}}}}]}}");
    client.table(
        "TransactWriteItems",
        "{'TransactItems':[{'Delete':{'TableName':'items','Key':{'k':{'S':'transacted'}}}}]}");
    RawDynamo.Result refused =
        client.send(
            "DynamoDB_20120810.PutItem",
            "{'TableName':'items','Item':{'k':{'S':'untouched'}},"
                + "'ConditionExpression':'attribute_not_exists(k)'}");
    assertEquals(400, refused.status());
    endpoint.passTime(Duration.ofHours(1));
    Instant to = endpoint.now().truncatedTo(ChronoUnit.SECONDS);
    endpoint.passTime(Duration.ofHours(1));
    put("updated", 5);
    put("after", 1);

    Path both = exported(to, "NEW_AND_OLD_IMAGES");
    assertEquals(
        Map.of(
            "deleted",
            "old 1",
            "updated",
            "old 1, new 3",
            "inserted",
            "new 4",
            "transacted",
            "old 1"),
        changes(both));
    assertEquals(
        Map.of("deleted", "", "updated", "new 3", "inserted", "new 4", "transacted", ""),
        changes(exported(to, "NEW_IMAGE")));
    assertLayout(both, to);
  }

  @Test
  void aWindowHasFifteenMinutesToADay() throws Exception {
    beginWindow();
    endpoint.passTime(Duration.ofHours(30));
    assertEquals(
        "ValidationException", refused(from, from.plus(Duration.ofMinutes(15)).minusSeconds(1)));
    assertEquals(
        "ValidationException", refused(from, from.plus(Duration.ofHours(24)).plusSeconds(1)));
    Instant later = endpoint.now().plusSeconds(600);
    assertEquals("InvalidExportTimeException", refused(later.minusSeconds(3600), later));
    Instant early = from.minus(Duration.ofHours(3));
    assertEquals("InvalidExportTimeException", refused(early, early.plusSeconds(3600)));
  }

  /** The stream is made older by the time that passes, and shown with the times that it had. */
  @Test
  void timePassesForTheStreamToo() throws Exception {
    Instant first = Instant.now();
    put("a", 1);
    server.ageStreams(Duration.ofHours(2));
    endpoint.passTime(Duration.ofHours(2));
    put("b", 1);
    String arn =
        client
            .table("DescribeTable", "{'TableName':'items'}")
            .path("Table")
            .path("LatestStreamArn")
            .asText();
    String shard =
        client.stream("DescribeStream", "{'StreamArn':'" + arn + "'}")
            .path("StreamDescription")
            .path("Shards")
            .get(0)
            .path("ShardId")
            .asText();
    String iterator =
        client.stream(
                "GetShardIterator",
                "{'StreamArn':'"
                    + arn
                    + "','ShardId':'"
                    + shard
                    + "','ShardIteratorType':'TRIM_HORIZON'}")
            .path("ShardIterator")
            .asText();
    List<Long> ages = new ArrayList<>();
    for (JsonNode record :
        client.stream("GetRecords", "{'ShardIterator':'" + iterator + "'}").path("Records")) {
      long created = record.path("dynamodb").path("ApproximateCreationDateTime").asLong();
      // DynamoDB Local has whole minutes.
      ages.add(Math.round((created - first.getEpochSecond()) / 3600.0));
    }
    assertEquals(List.of(0L, 2L), ages);
  }

  private void beginWindow() {
    endpoint.passTime(Duration.ofHours(1));
    from = endpoint.now().truncatedTo(ChronoUnit.SECONDS);
  }

  private void put(String key, int version) throws Exception {
    client.table(
        "PutItem",
        "{'TableName':'items','Item':{'k':{'S':'" + key + "'},'v':{'N':'" + version + "'}}}");
  }

  private void delete(String key) throws Exception {
    client.table("DeleteItem", "{'TableName':'items','Key':{'k':{'S':'" + key + "'}}}");
  }

  private String refused(Instant begin, Instant end) throws Exception {
    return client
        .send("DynamoDB_20120810.ExportTableToPointInTime", request(begin, end, "NEW_IMAGE"))
        .type();
  }

  private static String request(Instant begin, Instant end, String view) {
    return "{'TableArn':'"
        + TABLE_ARN
        + "','ClientToken':'"
        + begin
        + end
        + view
        + "','S3Bucket':'exports','S3Prefix':'a/b','ExportFormat':'DYNAMODB_JSON',"
        + "'ExportType':'INCREMENTAL_EXPORT','IncrementalExportSpecification':{'ExportFromTime':"
        + begin.getEpochSecond()
        + ",'ExportToTime':"
        + end.getEpochSecond()
        + ",'ExportViewType':'"
        + view
        + "'}}";
  }

  /** The directory of the manifests. */
  private Path exported(Instant to, String view) throws Exception {
    endpoint.hold();
    JsonNode begun =
        client.table("ExportTableToPointInTime", request(from, to, view)).path("ExportDescription");
    assertEquals("IN_PROGRESS", begun.path("ExportStatus").asText());
    endpoint.release();
    JsonNode done =
        client
            .table("DescribeExport", "{'ExportArn':'" + begun.path("ExportArn").asText() + "'}")
            .path("ExportDescription");
    assertEquals("COMPLETED", done.path("ExportStatus").asText());
    return bucket.resolve(done.path("ExportManifest").asText()).getParent();
  }

  private Map<String, String> changes(Path manifests) throws Exception {
    Map<String, String> changes = new TreeMap<>();
    for (String file : Files.readAllLines(manifests.resolve("manifest-files.json"))) {
      Path data = bucket.resolve(JSON.readTree(file).path("dataFileS3Key").asText());
      for (String text : unzipped(data)) {
        JsonNode line = JSON.readTree(text);
        assertTrue(
            line.path("Metadata").path("WriteTimestampMicros").path("N").asText().length() == 16);
        List<String> images = new ArrayList<>();
        if (line.has("OldImage")) {
          images.add("old " + line.path("OldImage").path("v").path("N").asText());
        }
        if (line.has("NewImage")) {
          images.add("new " + line.path("NewImage").path("v").path("N").asText());
        }
        changes.put(line.path("Keys").path("k").path("S").asText(), String.join(", ", images));
      }
    }
    return changes;
  }

  private static List<String> unzipped(Path file) throws Exception {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(Files.newInputStream(file))))) {
      return in.lines().collect(Collectors.toList());
    }
  }

  private void assertLayout(Path manifests, Instant to) throws Exception {
    String id = manifests.getFileName().toString();
    assertEquals(bucket.resolve("a/b/AWSDynamoDB").resolve(id), manifests);
    assertTrue(id.matches("\\d{14}-[0-9a-f]{8}"), id);
    for (String name :
        List.of(
            "_started",
            "manifest-summary.json",
            "manifest-summary.checksum",
            "manifest-files.json",
            "manifest-files.checksum")) {
      assertTrue(Files.exists(manifests.resolve(name)), name);
    }
    JsonNode summary = JSON.readTree(manifests.resolve("manifest-summary.json").toFile());
    List<String> members = new ArrayList<>();
    summary.fieldNames().forEachRemaining(members::add);
    assertEquals(
        List.of(
            "version",
            "exportArn",
            "startTime",
            "endTime",
            "tableArn",
            "tableId",
            "exportFromTime",
            "exportToTime",
            "s3Bucket",
            "s3Prefix",
            "s3SseAlgorithm",
            "s3SseKmsKeyId",
            "manifestFilesS3Key",
            "billedSizeBytes",
            "itemCount",
            "outputFormat",
            "outputView",
            "exportType"),
        members);
    assertEquals("2023-08-01", summary.path("version").asText());
    assertEquals("INCREMENTAL_EXPORT", summary.path("exportType").asText());
    assertEquals("NEW_AND_OLD_IMAGES", summary.path("outputView").asText());
    assertEquals(from.toString(), summary.path("exportFromTime").asText());
    assertEquals(to.toString(), summary.path("exportToTime").asText());
    assertEquals(4, summary.path("itemCount").asInt());
    List<String> files = Files.readAllLines(manifests.resolve("manifest-files.json"));
    assertEquals(3, files.size());
    for (String line : files) {
      JsonNode file = JSON.readTree(line);
      String key = file.path("dataFileS3Key").asText();
      assertTrue(key.matches("a/b/AWSDynamoDB/data/[0-9a-z]+\\.json\\.gz"), key);
      byte[] bytes = Files.readAllBytes(bucket.resolve(key));
      assertEquals(
          Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(bytes)),
          file.path("md5Checksum").asText());
      assertEquals(unzipped(bucket.resolve(key)).size(), file.path("itemCount").asInt());
    }
  }
}
