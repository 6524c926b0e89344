package io.nimoshake.testkit.canned;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.testkit.wire.RawDynamo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CannedDynamoTest {
  private static final List<String> ITEMS =
      List.of(
          "{\"id\":{\"S\":\"item-" + CannedTable.NUMBER + "\"},\"text\":{\"S\":\"Zürich\"}}",
          "{\"id\":{\"S\":\"item-" + CannedTable.NUMBER + "\"},\"n\":{\"N\":\"7\"}}");

  private final AtomicLong come = new AtomicLong();

  private final CannedDynamo server =
      CannedDynamo.start(
          List.of(
              new CannedTable("one", ITEMS, 25_003, 3, 2_050),
              new CannedTable("two", ITEMS, 0, 205, 1),
              CannedTable.changing("changing", ITEMS, 0, 2, come::get)));
  private final RawDynamo client = new RawDynamo(server.endpoint(), "key");

  @AfterEach
  void close() {
    server.close();
  }

  /** The client checks the checksum of every answer. */
  private List<String> scan(int segment, int total, String limit) throws Exception {
    List<String> ids = new ArrayList<>();
    String start = "";
    do {
      JsonNode page =
          client.table(
              "Scan",
              "{'TableName':'one','Segment':%d,'TotalSegments':%d%s%s}"
                  .formatted(segment, total, limit, start));
      assertEquals(page.path("Items").size(), page.path("Count").asInt());
      page.path("Items").forEach(item -> ids.add(item.path("id").path("S").asText()));
      JsonNode last = page.path("LastEvaluatedKey");
      start = last.isMissingNode() ? null : ",'ExclusiveStartKey':" + last;
    } while (start != null);
    return ids;
  }

  @Test
  void everyItemIsInOneSegmentAndThereOnce() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int segment = 0; segment < 7; segment++) {
      ids.addAll(scan(segment, 7, ""));
    }
    assertEquals(
        IntStream.range(0, 25_003).mapToObj("item-%012d"::formatted).toList(),
        ids.stream().sorted().toList());
    assertTrue(server.firstCallNanos("Scan").isPresent());
  }

  @Test
  void aPageHasNoMoreItemsThanItsLimit() throws Exception {
    long before = server.calls("Scan");
    assertEquals(25_003, new HashSet<>(scan(0, 1, ",'Limit':5000")).size());
    assertEquals(6, server.calls("Scan") - before);
  }

  @Test
  void shardsAreListedInPages() throws Exception {
    String arn = arn("two");
    List<String> ids = new ArrayList<>();
    String start = "";
    do {
      JsonNode stream =
          client.stream("DescribeStream", "{'StreamArn':'" + arn + "','Limit':100" + start + "}")
              .path("StreamDescription");
      stream.path("Shards").forEach(shard -> ids.add(shard.path("ShardId").asText()));
      JsonNode last = stream.path("LastEvaluatedShardId");
      start = last.isMissingNode() ? null : ",'ExclusiveStartShardId':" + last;
    } while (start != null);
    assertEquals(205, new HashSet<>(ids).size());
    assertEquals(205, ids.size());
  }

  private String arn(String table) throws IOException, InterruptedException {
    return client
        .table("DescribeTable", "{'TableName':'" + table + "'}")
        .path("Table")
        .path("LatestStreamArn")
        .asText();
  }

  @Test
  void changesComeWhileAShardIsRead() throws Exception {
    JsonNode none = records(iterator("changing", 1, "TRIM_HORIZON", ""));
    assertEquals(0, none.path("Records").size());
    come.set(3);
    JsonNode page = records(none.path("NextShardIterator").asText());
    assertEquals(3, page.path("Records").size());
    come.set(4);
    assertEquals(1, records(page.path("NextShardIterator").asText()).path("Records").size());
  }

  private String iterator(int shard, String type, String sequenceNumber) throws Exception {
    return iterator("one", shard, type, sequenceNumber);
  }

  private String iterator(String table, int shard, String type, String sequenceNumber)
      throws Exception {
    JsonNode answer =
        client.stream(
            "GetShardIterator",
            "{'StreamArn':'%s','ShardId':'shardId-00000001700000000000-%08d','ShardIteratorType':'%s'%s}"
                .formatted(
                    arn(table),
                    shard,
                    type,
                    sequenceNumber.isEmpty() ? "" : ",'SequenceNumber':'" + sequenceNumber + "'"));
    return answer.path("ShardIterator").asText();
  }

  private JsonNode records(String iterator) throws Exception {
    return client.stream("GetRecords", "{'ShardIterator':'" + iterator + "'}");
  }

  @Test
  void aShardHasItsRecordsOnceAndStaysOpen() throws Exception {
    List<String> numbers = new ArrayList<>();
    String iterator = iterator(1, "TRIM_HORIZON", "");
    for (int page = 0; page < 4; page++) {
      JsonNode answer = records(iterator);
      for (JsonNode record : answer.path("Records")) {
        JsonNode change = record.path("dynamodb");
        assertEquals(change.path("Keys").path("id"), change.path("NewImage").path("id"));
        assertEquals(change.path("NewImage"), change.path("OldImage"));
        numbers.add(change.path("SequenceNumber").asText());
      }
      iterator = answer.path("NextShardIterator").asText();
    }
    assertEquals(2_050, numbers.size());
    assertEquals(numbers.stream().distinct().sorted().toList(), numbers);
    assertEquals(0, records(iterator).path("Records").size());
  }

  @Test
  void readingGoesOnAfterASequenceNumber() throws Exception {
    JsonNode first = records(iterator(2, "TRIM_HORIZON", "")).path("Records");
    String third = number(first.get(2));
    JsonNode after = records(iterator(2, "AFTER_SEQUENCE_NUMBER", third)).path("Records");
    assertEquals(number(first.get(3)), number(after.get(0)));
    JsonNode at = records(iterator(2, "AT_SEQUENCE_NUMBER", third)).path("Records");
    assertEquals(third, number(at.get(0)));
    assertEquals(0, records(iterator(2, "LATEST", "")).path("Records").size());
  }

  private static String number(JsonNode record) {
    return record.path("dynamodb").path("SequenceNumber").asText();
  }

  @Test
  void whatIsNotCannedIsRefused() throws Exception {
    RawDynamo.Result result = client.send("DynamoDB_20120810.PutItem", "{'TableName':'one'}");
    assertEquals(400, result.status());
    assertEquals("UnknownOperationException", result.type());
  }
}
