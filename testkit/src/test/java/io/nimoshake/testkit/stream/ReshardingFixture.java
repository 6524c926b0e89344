package io.nimoshake.testkit.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.nimoshake.testkit.server.DynamoDbServer;
import io.nimoshake.testkit.wire.RawDynamo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/**
 * A table in DynamoDB Local behind a {@link ReshardingEndpoint}, reached over raw HTTP. Each test
 * has an access key of its own, so a database of its own.
 */
abstract class ReshardingFixture {
  static final int KEYS = 40;
  private static final int BATCH = 20;

  static DynamoDbServer server;
  private static final AtomicInteger DATABASES = new AtomicInteger();

  final String accessKey = "key" + DATABASES.incrementAndGet();

  /** The newest version of each key. */
  final Map<String, String> written = new HashMap<>();

  ReshardingEndpoint endpoint;
  RawDynamo client;
  String arn;
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

  final void start(ReshardingOptions options) throws IOException, InterruptedException {
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
  final void put(int count) throws IOException, InterruptedException {
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

  final void closeStream() throws IOException, InterruptedException {
    client.table(
        "UpdateTable", "{'TableName':'table','StreamSpecification':{'StreamEnabled':false}}");
  }

  final JsonNode describe(String extra) throws IOException, InterruptedException {
    return client.stream("DescribeStream", "{'StreamArn':'" + arn + "'" + extra + "}")
        .path("StreamDescription");
  }

  /** The endpoint's view, after a first call that makes it look at the stream at all. */
  final List<ShardView> endpointShards() throws IOException, InterruptedException {
    if (endpoint.shards(arn).isEmpty()) {
      describe("");
    }
    return endpoint.shards(arn);
  }

  /** For each listed shard, whether it is shown closed. */
  final List<Boolean> closedInListing() throws IOException, InterruptedException {
    return StreamSupport.stream(describe("").path("Shards").spliterator(), false)
        .map(shard -> shard.path("SequenceNumberRange").has("EndingSequenceNumber"))
        .toList();
  }

  final int pageSize(JsonNode shard, String from) throws IOException, InterruptedException {
    return firstPage(shard.path("ShardId").asText(), from).size();
  }

  /** The changes on the first page from there. */
  final JsonNode firstPage(String shardId, String from) throws IOException, InterruptedException {
    String iterator = new TreeReader(client, arn).iterator(shardId, from);
    JsonNode page = client.stream("GetRecords", "{'ShardIterator':'" + iterator + "'}");
    ArrayNode changes = JsonNodeFactory.instance.arrayNode();
    page.path("Records").forEach(record -> changes.add(record.path("dynamodb")));
    return changes;
  }

  static List<String> ids(List<JsonNode> shards) {
    return shards.stream().map(shard -> shard.path("ShardId").asText()).toList();
  }
}
