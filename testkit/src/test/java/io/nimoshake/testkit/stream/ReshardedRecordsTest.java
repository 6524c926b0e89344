package io.nimoshake.testkit.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which records the shards hold, and in which order they are read. */
class ReshardedRecordsTest extends ReshardingFixture {
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
}
