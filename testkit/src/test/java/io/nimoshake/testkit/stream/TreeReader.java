package io.nimoshake.testkit.stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.testkit.wire.RawDynamo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads closed streams as a client should, one shard at a time, and applies what it reads. */
final class TreeReader {
  private final RawDynamo client;
  private final String arn;

  /** Value of attribute v of each key, as the records read so far leave it. */
  final Map<String, String> images = new HashMap<>();

  /** Sequence numbers in the order they were read. */
  final List<String> sequences = new ArrayList<>();

  int emptyPages;
  int expiredIterators;
  int lastPagesWithRecords;
  int lastPagesEmpty;

  TreeReader(RawDynamo client, String arn) {
    this.client = client;
    this.arn = arn;
  }

  /** All shards of the stream, from as many pages as it takes. */
  List<JsonNode> list(String extra) throws IOException, InterruptedException {
    List<JsonNode> shards = new ArrayList<>();
    String start = "";
    do {
      JsonNode description =
          client.stream("DescribeStream", "{'StreamArn':'" + arn + "'" + start + extra + "}")
              .path("StreamDescription");
      description.path("Shards").forEach(shards::add);
      JsonNode last = description.path("LastEvaluatedShardId");
      start = last.isTextual() ? ",'ExclusiveStartShardId':'" + last.asText() + "'" : "";
    } while (!start.isEmpty());
    return shards;
  }

  /** Reads every shard after its parent, until no listing shows an unread one or an open one. */
  void readParentsFirst() throws IOException, InterruptedException {
    Set<String> read = new LinkedHashSet<>();
    boolean more = true;
    while (more) {
      Map<String, JsonNode> unread = new LinkedHashMap<>();
      boolean childless = false;
      List<JsonNode> listed = list("");
      for (JsonNode shard : listed) {
        if (!read.contains(shard.path("ShardId").asText())) {
          unread.put(shard.path("ShardId").asText(), shard);
        }
        childless |= shard.path("SequenceNumberRange").path("EndingSequenceNumber").isMissingNode();
      }
      for (Map.Entry<String, JsonNode> shard : unread.entrySet()) {
        if (!unread.containsKey(shard.getValue().path("ParentShardId").asText())) {
          readToItsEnd(shard.getKey());
          read.add(shard.getKey());
        }
      }
      more = !unread.isEmpty() || childless;
    }
  }

  /** Reads a closed shard, renewing its iterator after the last record as often as it takes. */
  void readToItsEnd(String shardId) throws IOException, InterruptedException {
    String iterator = iterator(shardId, "'TRIM_HORIZON'");
    String last = null;
    while (iterator != null) {
      RawDynamo.Result page =
          client.send(
              "DynamoDBStreams_20120810.GetRecords", "{'ShardIterator':'" + iterator + "'}");
      if (page.type().equals("ExpiredIteratorException")) {
        expiredIterators++;
        iterator =
            last == null
                ? iterator(shardId, "'TRIM_HORIZON'")
                : iterator(shardId, "'AFTER_SEQUENCE_NUMBER','SequenceNumber':'" + last + "'");
        continue;
      }
      if (page.status() != 200) {
        throw new IOException(page.body().toString());
      }
      JsonNode records = page.body().path("Records");
      for (JsonNode record : records) {
        last = apply(record);
      }
      JsonNode next = page.body().path("NextShardIterator");
      iterator = next.isTextual() ? next.asText() : null;
      count(records.isEmpty(), iterator == null);
    }
  }

  String iterator(String shardId, String typeAndMore) throws IOException, InterruptedException {
    return client.stream(
            "GetShardIterator",
            "{'StreamArn':'"
                + arn
                + "','ShardId':'"
                + shardId
                + "','ShardIteratorType':"
                + typeAndMore
                + "}")
        .path("ShardIterator")
        .asText();
  }

  private String apply(JsonNode record) {
    JsonNode change = record.path("dynamodb");
    images.put(
        change.path("Keys").path("k").path("S").asText(),
        change.path("NewImage").path("v").path("N").asText());
    sequences.add(change.path("SequenceNumber").asText());
    return change.path("SequenceNumber").asText();
  }

  private void count(boolean empty, boolean last) {
    if (last && empty) {
      lastPagesEmpty++;
    } else if (last) {
      lastPagesWithRecords++;
    } else if (empty) {
      emptyPages++;
    }
  }
}
