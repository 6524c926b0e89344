package io.nimoshake.testkit.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.testkit.wire.RawDynamo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What cannot be read any more, and calls that are passed on. */
class ReshardingEndpointTest extends ReshardingFixture {
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
}
