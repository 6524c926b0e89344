package io.nimoshake.app.sync;

import static org.awaitility.Awaitility.await;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.bson.Document;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.Shard;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/**
 * What a sync of the Go tool leaves behind when it is stopped: a collection in its layout that has
 * everything up to some record, and a checkpoint, field by field as it writes it. The stream has
 * three shards, each the child of the one before, and all records are those of {@link #change}.
 */
final class GoSync {
  static final String TABLE = "orders";

  /** Documents that nothing may write again carry this field, which the source does not know. */
  static final String MARK = "marked";

  private static final int ITEMS = 40;
  private static final DateTimeFormatter GO_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss '+0000 UTC'").withZone(ZoneOffset.UTC);

  final DynamoDbClient source;
  final MongoCollection<Document> collection;
  private final List<Shard> shards = new ArrayList<>();

  /** Records by shard, in order. */
  private final List<List<Record>> records = new ArrayList<>();

  private final Map<String, Double> state = new TreeMap<>();

  /** Of late: on which day this runs must not count. */
  private final Instant stopped =
      Instant.now().minus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);

  GoSync(ServersFixture servers, String id) {
    source = servers.dynamoDb(id);
    collection = servers.mongo().getDatabase(id).getCollection(TABLE);
    ServersFixture.load(source, TABLE, ITEMS);
    for (int i = 0; i < ITEMS; i++) {
      state.put("item-" + i, i + 0.5);
    }
    source.updateTable(
        table ->
            table
                .tableName(TABLE)
                .streamSpecification(
                    stream ->
                        stream
                            .streamEnabled(true)
                            .streamViewType(StreamViewType.NEW_AND_OLD_IMAGES)));
    await()
        .atMost(ServersFixture.LIMIT)
        .until(
            () ->
                source.describeTable(table -> table.tableName(TABLE)).table().tableStatus()
                    == TableStatus.ACTIVE);
    change(0, 5);
    servers.rollShards();
    change(5, 15);
    source.deleteItem(item -> item.tableName(TABLE).key(key("item-15")));
    servers.rollShards();
    change(100, 105);
    source.deleteItem(item -> item.tableName(TABLE).key(key("item-16")));
    readStream(servers, id);
  }

  /** Gives items new values. */
  private void change(int from, int to) {
    for (int i = from; i < to; i++) {
      Map<String, AttributeValue> item = new HashMap<>(ServersFixture.item(i));
      item.put("n", AttributeValue.fromN("1000" + i));
      source.putItem(put -> put.tableName(TABLE).item(item));
    }
  }

  private static Map<String, AttributeValue> key(String id) {
    return Map.of("id", AttributeValue.fromS(id));
  }

  private void readStream(ServersFixture servers, String id) {
    String arn = source.describeTable(table -> table.tableName(TABLE)).table().latestStreamArn();
    try (DynamoDbStreamsClient streams = servers.streams(id)) {
      Map<String, Shard> byParent = new HashMap<>();
      for (Shard shard :
          streams.describeStream(stream -> stream.streamArn(arn)).streamDescription().shards()) {
        byParent.put(String.valueOf(shard.parentShardId()), shard);
      }
      Set<String> ids = new java.util.HashSet<>();
      byParent.values().forEach(shard -> ids.add(shard.shardId()));
      Shard next =
          byParent.values().stream()
              .filter(shard -> !ids.contains(String.valueOf(shard.parentShardId())))
              .findFirst()
              .orElseThrow();
      while (next != null) {
        Shard shard = next;
        List<Record> ofShard = new ArrayList<>();
        String iterator =
            streams
                .getShardIterator(
                    get ->
                        get.streamArn(arn)
                            .shardId(shard.shardId())
                            .shardIteratorType(ShardIteratorType.TRIM_HORIZON))
                .shardIterator();
        String from = iterator;
        ofShard.addAll(streams.getRecords(get -> get.shardIterator(from)).records());
        if (!ofShard.isEmpty()) {
          shards.add(shard);
          records.add(ofShard);
        }
        next = byParent.get(shard.shardId());
      }
    }
    if (shards.size() != 3) {
      throw new IllegalStateException("not three shards with records but " + shards.size());
    }
  }

  /**
   * Fills the collection as the Go tool had it after the copy and all records of earlier shards and
   * some of one shard; documents that need not be written again are marked.
   */
  void writeTarget(int shard, int recordsOfIt, Predicate<String> marked) {
    for (int i = 0; i <= shard; i++) {
      List<Record> ofShard = records.get(i);
      for (Record record : ofShard.subList(0, i < shard ? ofShard.size() : recordsOfIt)) {
        String id = record.dynamodb().keys().get("id").s();
        if (record.dynamodb().hasNewImage()) {
          state.put(id, Double.valueOf(record.dynamodb().newImage().get("n").n()));
        } else {
          state.remove(id);
        }
      }
    }
    collection.createIndex(Indexes.ascending("id"), new IndexOptions().unique(true));
    List<Document> documents = new ArrayList<>();
    state.forEach(
        (id, n) -> {
          Document document = new Document("id", id).append("n", n);
          documents.add(marked.test(id) ? document.append(MARK, true) : document);
        });
    collection.insertMany(documents);
  }

  String shardId(int shard) {
    return shards.get(shard).shardId();
  }

  String sequenceNumber(int shard, int record) {
    return records.get(shard).get(record).dynamodb().sequenceNumber();
  }

  /** One of its documents; dates as Go prints them. */
  Document checkpoint(
      int shard, String status, String type, String sequenceNumber, String shardIt) {
    return new Document(new LinkedHashMap<>())
        .append("ShardId", shardId(shard))
        .append("FatherId", shard == 0 ? "" : shardId(shard - 1))
        .append("SequenceNumber", sequenceNumber)
        .append("Status", status)
        .append("WorkerId", "unknown-worker")
        .append("IteratorType", type)
        .append("ShardIt", shardIt)
        .append("UpdateDate", sequenceNumber.isEmpty() ? "" : stopped.toString())
        .append("ApproximateTime", sequenceNumber.isEmpty() ? "" : GO_TIME.format(stopped));
  }

  static void writeToMongo(MongoDatabase database, String status, Document... shards) {
    database
        .getCollection("status_table")
        .insertOne(new Document("Key", "status_key").append("StatusValue", status));
    database.getCollection(TABLE).insertMany(List.of(shards));
  }

  static void writeToFiles(Path directory, String status, Document... shards) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(
        directory.resolve("status_table"),
        new Document("Key", "status_key").append("StatusValue", status).toJson());
    StringBuilder lines = new StringBuilder();
    for (Document shard : shards) {
      lines.append(shard.toJson()).append('\n');
    }
    Files.writeString(directory.resolve(TABLE), lines);
  }

  /** What differs between source and target, but for marks; at most a few. */
  List<String> differences() {
    Map<String, Double> expected = new TreeMap<>();
    source
        .scanPaginator(scan -> scan.tableName(TABLE))
        .items()
        .forEach(item -> expected.put(item.get("id").s(), Double.valueOf(item.get("n").n())));
    List<String> differences = new ArrayList<>();
    for (Document document : collection.find()) {
      String id = document.getString("id");
      Number n = document.get("n", Number.class);
      Double wanted = expected.remove(id);
      if (wanted == null || wanted != n.doubleValue()) {
        differences.add(id + ": " + n + ", not " + wanted);
      }
    }
    expected.keySet().forEach(id -> differences.add(id + " is missing"));
    return differences;
  }

  Set<String> marked() {
    Set<String> ids = new java.util.TreeSet<>();
    collection.find(new Document(MARK, true)).forEach(doc -> ids.add(doc.getString("id")));
    return ids;
  }
}
