package io.nimoshake.testkit.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.nimoshake.testkit.server.DynamoDbServer;
import io.nimoshake.testkit.wire.RawDynamo;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Over raw HTTP, in front of DynamoDB Local. Each test has an access key, so a database. */
class ReshardingEndpointTest {
  private static final int KEYS = 40;
  private static final int BATCH = 20;

  private static DynamoDbServer server;
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private final String accessKey = "key" + DATABASES.incrementAndGet();
  private final Map<String, String> written = new HashMap<>();
  private ReshardingEndpoint endpoint;
  private RawDynamo client;
  private String arn;
  private int versions;

  @BeforeAll
  static void startServer() {
    server = DynamoDbServer.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @AfterEach
  void close() {
    endpoint.close();
  }

  @Test
  void everyRecordIsThereOnceAndInOrderAlongTheTree() throws Exception {
    start(ReshardingOptions.calm().resharding(Resharding.splitEvery(20)));
    put(300);
    closeStream();

    TreeReader reader = new TreeReader(client, arn);
    reader.readParentsFirst();

    assertEquals(written, reader.images);
    assertEquals(300, new HashSet<>(reader.sequences).size());
    assertEquals(300, reader.sequences.size());
    assertEquals(List.of(), endpoint.readTooEarly());
    List<ShardView> shards = endpoint.shards(arn);
    assertTrue(shards.stream().mapToInt(ShardView::generation).max().orElseThrow() >= 3);
    assertTrue(shards.stream().allMatch(shard -> shard.records() <= 20 && shard.readToItsEnd()));
  }

  @Test
  void whoReadsChildrenBeforeTheirParentsEndsUpWrong() throws Exception {
    start(ReshardingOptions.calm().resharding(Resharding.splitEvery(20)));
    put(300);
    closeStream();

    TreeReader reader = new TreeReader(client, arn);
    List<ShardView> shards = new ArrayList<>(endpointShards());
    Collections.reverse(shards);
    for (ShardView shard : shards) {
      reader.readToItsEnd(shard.shardId());
    }

    assertEquals(written.keySet(), reader.images.keySet());
    assertNotEquals(written, reader.images);
    assertFalse(endpoint.readTooEarly().isEmpty());
  }

  @Test
  void aCarefulReaderGetsThroughEverythingAtOnce() throws Exception {
    start(ReshardingOptions.nasty(11));
    put(400);
    server.rollShards();
    put(100);
    closeStream();

    TreeReader reader = new TreeReader(client, arn);
    reader.readParentsFirst();

    assertEquals(written, reader.images);
    assertEquals(500, reader.sequences.size());
    assertTrue(reader.emptyPages > 0);
    assertTrue(reader.expiredIterators > 0);
    assertTrue(reader.lastPagesEmpty > 0);
    assertTrue(reader.lastPagesWithRecords > 0);
    assertTrue(endpoint.shards(arn).size() > 5);
  }

  @Test
  void aSplitDividesWhatComesAfterIt() throws Exception {
    start(ReshardingOptions.calm());
    put(KEYS);
    String root = endpointShards().get(0).shardId();
    put(KEYS);

    endpoint.split(root);
    put(KEYS);

    List<ShardView> shards = endpointShards();
    assertEquals(3, shards.size());
    assertFalse(shards.get(0).open());
    assertEquals(2 * KEYS, shards.get(0).records());
    for (ShardView child : shards.subList(1, 3)) {
      assertEquals(root, child.parent().orElseThrow());
      assertTrue(child.open());
      assertTrue(child.records() > 0);
    }
    assertEquals(KEYS, shards.get(1).records() + shards.get(2).records());
  }

  @Test
  void aRollOverHasOneChildThatTakesOver() throws Exception {
    start(ReshardingOptions.calm());
    String root = endpointShards().get(0).shardId();

    endpoint.rollOver(root);
    put(KEYS);

    List<ShardView> shards = endpointShards();
    assertEquals(2, shards.size());
    assertEquals(root, shards.get(1).parent().orElseThrow());
    assertEquals(0, shards.get(0).records());
    assertEquals(KEYS, shards.get(1).records());
  }

  @Test
  void recordsLieWithinTheirShardsSequenceNumbers() throws Exception {
    start(ReshardingOptions.calm().resharding(Resharding.seeded(3, 0.05, 0.05)));
    put(200);
    closeStream();

    TreeReader reader = new TreeReader(client, arn);
    Map<String, String> ends = new HashMap<>();
    for (JsonNode shard : reader.list("")) {
      String start = shard.path("SequenceNumberRange").path("StartingSequenceNumber").asText();
      String end = shard.path("SequenceNumberRange").path("EndingSequenceNumber").asText();
      reader.sequences.clear();
      reader.readToItsEnd(shard.path("ShardId").asText());
      assertTrue(start.compareTo(end) <= 0);
      assertTrue(reader.sequences.stream().allMatch(s -> s.compareTo(start) >= 0), start);
      if (!reader.sequences.isEmpty()) {
        assertEquals(end, reader.sequences.get(reader.sequences.size() - 1));
        assertEquals(1, pageSize(shard, "'AT_SEQUENCE_NUMBER','SequenceNumber':'" + end + "'"));
        assertEquals(0, pageSize(shard, "'AFTER_SEQUENCE_NUMBER','SequenceNumber':'" + end + "'"));
      }
      String parent = shard.path("ParentShardId").asText();
      assertTrue(ends.getOrDefault(parent, "").compareTo(start) < 0);
      ends.put(shard.path("ShardId").asText(), end);
    }
  }

  @Test
  void aSequenceNumberOfAnotherShardIsInvalid() throws Exception {
    start(ReshardingOptions.calm());
    put(1);
    String root = endpointShards().get(0).shardId();
    String first = firstPage(root, "'TRIM_HORIZON'").get(0).path("SequenceNumber").asText();
    endpoint.rollOver(root);
    put(1);
    String child = endpointShards().get(1).shardId();

    assertEquals(
        "ValidationException",
        client.streamError(
            "GetShardIterator",
            "{'StreamArn':'"
                + arn
                + "','ShardId':'"
                + child
                + "','ShardIteratorType':'AFTER_SEQUENCE_NUMBER','SequenceNumber':'"
                + first
                + "'}"));
  }

  @Test
  void latestStartsAfterWhatIsThere() throws Exception {
    start(ReshardingOptions.calm());
    put(3);
    String root = endpointShards().get(0).shardId();
    String latest = new TreeReader(client, arn).iterator(root, "'LATEST'");
    put(2);

    JsonNode page = client.stream("GetRecords", "{'ShardIterator':'" + latest + "'}");

    assertEquals(2, page.path("Records").size());
    assertTrue(page.path("NextShardIterator").isTextual());
  }

  @Test
  void listingsArePaged() throws Exception {
    start(ReshardingOptions.calm().resharding(Resharding.rollOverEvery(10)).listedShards(3));
    put(95);

    JsonNode page = describe("");
    assertEquals(3, page.path("Shards").size());
    assertEquals(page.path("Shards").get(2).path("ShardId"), page.path("LastEvaluatedShardId"));
    assertEquals(2, describe(",'Limit':2").path("Shards").size());

    List<String> listed = ids(new TreeReader(client, arn).list(""));
    assertEquals(endpointShards().stream().map(ShardView::shardId).toList(), listed);
    assertEquals(10, listed.size());
  }

  @Test
  void aFilterShowsOnlyChildren() throws Exception {
    start(ReshardingOptions.calm().resharding(Resharding.splitEvery(10)));
    put(100);
    ShardView root = endpointShards().get(0);
    String filter = ",'ShardFilter':{'Type':'CHILD_SHARDS','ShardId':'" + root.shardId() + "'}";

    List<String> children =
        endpointShards().stream()
            .filter(shard -> shard.parent().filter(root.shardId()::equals).isPresent())
            .map(ShardView::shardId)
            .toList();
    assertEquals(2, children.size());
    assertEquals(children, ids(new TreeReader(client, arn).list(filter)));
  }

  @Test
  void aFilterThatIsNotHonouredShowsAll() throws Exception {
    start(ReshardingOptions.calm().resharding(Resharding.splitEvery(10)).childFilter(false));
    put(100);
    ShardView root = endpointShards().get(0);

    List<JsonNode> listed =
        new TreeReader(client, arn)
            .list(",'ShardFilter':{'Type':'CHILD_SHARDS','ShardId':'" + root.shardId() + "'}");

    assertEquals(endpointShards().size(), listed.size());
  }

  @Test
  void childrenMayBeListedLate() throws Exception {
    start(ReshardingOptions.calm().childrenListedAfter(2));
    endpoint.split(endpointShards().get(0).shardId());

    assertEquals(List.of(true), closedInListing());
    assertEquals(List.of(true), closedInListing());
    assertEquals(List.of(true, false, false), closedInListing());
  }

  @Test
  void parentsMayLookOpenBesideTheirChildren() throws Exception {
    start(ReshardingOptions.calm().endShownAfter(2));
    endpoint.split(endpointShards().get(0).shardId());

    assertEquals(List.of(false, false, false), closedInListing());
    assertEquals(List.of(false, false, false), closedInListing());
    assertEquals(List.of(true, false, false), closedInListing());
  }

  @Test
  void iteratorsExpireAfterSoManyPages() throws Exception {
    start(ReshardingOptions.calm().iteratorPages(2).pageRecords(1));
    put(5);
    String root = endpointShards().get(0).shardId();

    String next = new TreeReader(client, arn).iterator(root, "'TRIM_HORIZON'");
    for (int page = 0; page < 2; page++) {
      next =
          client.stream("GetRecords", "{'ShardIterator':'" + next + "'}")
              .path("NextShardIterator")
              .asText();
    }

    assertEquals(
        "ExpiredIteratorException",
        client.streamError("GetRecords", "{'ShardIterator':'" + next + "'}"));
  }

  @Test
  void iteratorsExpireWithTime() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    start(ReshardingOptions.calm().iteratorLife(Duration.ofSeconds(5)).clock(now::get));
    String root = endpointShards().get(0).shardId();
    String iterator = new TreeReader(client, arn).iterator(root, "'TRIM_HORIZON'");

    now.set(Instant.EPOCH.plusSeconds(5));
    JsonNode page = client.stream("GetRecords", "{'ShardIterator':'" + iterator + "'}");
    now.set(Instant.EPOCH.plusSeconds(6));

    assertEquals(
        "ExpiredIteratorException",
        client.streamError("GetRecords", "{'ShardIterator':'" + iterator + "'}"));
    String renewed = page.path("NextShardIterator").asText();
    client.stream("GetRecords", "{'ShardIterator':'" + renewed + "'}");
  }

  @Test
  void trimmedRecordsCannotBeRead() throws Exception {
    start(ReshardingOptions.calm());
    put(5);
    String root = endpointShards().get(0).shardId();
    String old = new TreeReader(client, arn).iterator(root, "'TRIM_HORIZON'");
    JsonNode records = firstPage(root, "'TRIM_HORIZON'");
    assertEquals(5, records.size());

    endpoint.trim(root, 2);

    assertEquals(
        "TrimmedDataAccessException",
        client.streamError("GetRecords", "{'ShardIterator':'" + old + "'}"));
    assertEquals(
        "TrimmedDataAccessException",
        client.streamError(
            "GetShardIterator",
            "{'StreamArn':'"
                + arn
                + "','ShardId':'"
                + root
                + "','ShardIteratorType':'AT_SEQUENCE_NUMBER','SequenceNumber':'"
                + records.get(1).path("SequenceNumber").asText()
                + "'}"));
    assertEquals(3, firstPage(root, "'TRIM_HORIZON'").size());
  }

  @Test
  void aForgottenShardIsNoMore() throws Exception {
    start(ReshardingOptions.calm());
    put(5);
    String root = endpointShards().get(0).shardId();
    String old = new TreeReader(client, arn).iterator(root, "'TRIM_HORIZON'");
    endpoint.rollOver(root);

    endpoint.forget(root);

    assertEquals(
        "ResourceNotFoundException",
        client.streamError("GetRecords", "{'ShardIterator':'" + old + "'}"));
    List<JsonNode> listed = new TreeReader(client, arn).list("");
    assertEquals(1, listed.size());
    assertEquals(root, listed.get(0).path("ParentShardId").asText());
  }

  @Test
  void otherCallsPassThrough() throws Exception {
    start(ReshardingOptions.calm());

    assertEquals(
        arn, client.stream("ListStreams", "{}").path("Streams").get(0).path("StreamArn").asText());
    assertEquals(
        "ResourceNotFoundException",
        client.streamError("DescribeStream", "{'StreamArn':'" + arn + "x'}"));
    describe("");
    RawDynamo other = new RawDynamo(endpoint.endpoint(), accessKey + "other");
    assertEquals(
        "ResourceNotFoundException",
        other.streamError("DescribeStream", "{'StreamArn':'" + arn + "'}"));
  }

  private void start(ReshardingOptions options) throws IOException, InterruptedException {
    endpoint = ReshardingEndpoint.to(server.endpoint(), options);
    client = new RawDynamo(endpoint.endpoint(), accessKey);
    arn =
        client
            .table(
                "CreateTable",
                "{'TableName':'table','AttributeDefinitions':[{'AttributeName':'k',"
                    + "'AttributeType':'S'}],'KeySchema':[{'AttributeName':'k','KeyType':'HASH'}],"
                    + "'BillingMode':'PAY_PER_REQUEST','StreamSpecification':"
                    + "{'StreamEnabled':true,'StreamViewType':'NEW_AND_OLD_IMAGES'}}")
            .path("TableDescription")
            .path("LatestStreamArn")
            .asText();
  }

  /** Writes a new version to one key after the other, round and round. */
  private void put(int count) throws IOException, InterruptedException {
    int left = count;
    while (left > 0) {
      List<String> puts = new ArrayList<>();
      for (int i = 0; i < Math.min(left, BATCH); i++) {
        String key = "k" + versions % KEYS;
        String version = Integer.toString(++versions);
        puts.add("{'PutRequest':{'Item':{'k':{'S':'" + key + "'},'v':{'N':'" + version + "'}}}}");
        written.put(key, version);
      }
      client.table("BatchWriteItem", "{'RequestItems':{'table':[" + String.join(",", puts) + "]}}");
      left -= puts.size();
    }
  }

  private void closeStream() throws IOException, InterruptedException {
    client.table(
        "UpdateTable", "{'TableName':'table','StreamSpecification':{'StreamEnabled':false}}");
  }

  private JsonNode describe(String extra) throws IOException, InterruptedException {
    return client.stream("DescribeStream", "{'StreamArn':'" + arn + "'" + extra + "}")
        .path("StreamDescription");
  }

  /** The endpoint's view, after a first call that makes it look at the stream at all. */
  private List<ShardView> endpointShards() throws IOException, InterruptedException {
    if (endpoint.shards(arn).isEmpty()) {
      describe("");
    }
    return endpoint.shards(arn);
  }

  /** For each listed shard, whether it is shown closed. */
  private List<Boolean> closedInListing() throws IOException, InterruptedException {
    return StreamSupport.stream(describe("").path("Shards").spliterator(), false)
        .map(shard -> shard.path("SequenceNumberRange").has("EndingSequenceNumber"))
        .toList();
  }

  private int pageSize(JsonNode shard, String from) throws IOException, InterruptedException {
    return firstPage(shard.path("ShardId").asText(), from).size();
  }

  /** The changes on the first page from there. */
  private JsonNode firstPage(String shardId, String from) throws IOException, InterruptedException {
    String iterator = new TreeReader(client, arn).iterator(shardId, from);
    JsonNode page = client.stream("GetRecords", "{'ShardIterator':'" + iterator + "'}");
    ArrayNode changes = JsonNodeFactory.instance.arrayNode();
    page.path("Records").forEach(record -> changes.add(record.path("dynamodb")));
    return changes;
  }

  private static List<String> ids(List<JsonNode> shards) {
    return shards.stream().map(shard -> shard.path("ShardId").asText()).toList();
  }
}
