package io.nimoshake.dynamodb.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.testkit.server.DynamoDbServer;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.OperationType;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/**
 * Keeps the bytes that a real server answers and gives them to the SDK and to the decoder. Both
 * must read the same.
 */
class RealPagesTest {
  private static final int ITEMS = 150;
  private static DynamoDbServer server;
  private static DynamoDbClient client;
  private static DynamoDbStreamsClient streams;
  private static int stored;

  private byte[] page;

  @BeforeAll
  static void start() {
    server = DynamoDbServer.start();
    client = local(DynamoDbClient.builder()).build();
    streams = local(DynamoDbStreamsClient.builder()).build();
    client.createTable(
        table ->
            table
                .tableName("music")
                .attributeDefinitions(
                    a -> a.attributeName("id").attributeType(ScalarAttributeType.S),
                    a -> a.attributeName("n").attributeType(ScalarAttributeType.N))
                .keySchema(
                    k -> k.attributeName("id").keyType(KeyType.HASH),
                    k -> k.attributeName("n").keyType(KeyType.RANGE))
                .streamSpecification(
                    s -> s.streamEnabled(true).streamViewType(StreamViewType.NEW_AND_OLD_IMAGES))
                .provisionedThroughput(t -> t.readCapacityUnits(9L).writeCapacityUnits(9L)));
    for (long seed = 1; seed <= ITEMS; seed++) {
      put(Items.keyed(seed));
    }
    Map<String, AttributeValue> key =
        Map.of("id", AttributeValue.fromS("gone"), "n", AttributeValue.fromN("12E1"));
    client.putItem(put -> put.tableName("music").item(key));
    client.deleteItem(delete -> delete.tableName("music").key(key));
  }

  private static <B extends AwsClientBuilder<B, ?>> B local(B builder) {
    return builder
        .endpointOverride(server.endpoint())
        .region(Region.EU_WEST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
        .overrideConfiguration(c -> c.addExecutionInterceptor(new DecodingInterceptor()));
  }

  /** The server refuses some items, for example those with an empty key. */
  private static void put(Attr.M item) {
    try {
      client.putItem(put -> put.tableName("music").item(sdk(item)));
      stored++;
    } catch (DynamoDbException e) {
      assertEquals("ValidationException", e.awsErrorDetails().errorCode(), e::toString);
    }
  }

  @AfterAll
  static void stop() {
    client.close();
    streams.close();
    server.close();
  }

  private byte[] keep(byte[] body, int length) {
    page = Arrays.copyOf(body, length);
    return page;
  }

  @Test
  void aScanMeansTheSameToTheSdkAndToTheDecoder() throws IOException {
    ScanResponse response =
        client.scan(
            scan ->
                scan.tableName("music")
                    .overrideConfiguration(
                        c -> c.putExecutionAttribute(DecodingInterceptor.SINK, this::keep)));
    assertTrue(stored > ITEMS / 2, "stored " + stored);
    assertEquals(stored, response.count());
    for (ConvertType type : List.of(ConvertType.CHANGE, ConvertType.MCHANGE, ConvertType.RAW)) {
      ConvertOptions options = Decode.options(type);
      ChangeBatch.Builder into = ChangeBatch.builder();
      new PageDecoder(Decode.BY_ID_AND_NUMBER, options).scan(page, page.length, into);
      assertEquals(
          response.items().stream().map(item -> document(item, options)).toList(),
          documents(into.build(Position.END), response.items(), options),
          type::toString);
    }
  }

  /** The documents in the order of the items; empty where an item was rejected. */
  private static List<Optional<BsonDocument>> documents(
      ChangeBatch batch, List<Map<String, AttributeValue>> items, ConvertOptions options) {
    List<Optional<BsonDocument>> documents = new ArrayList<>();
    int next = 0;
    for (Map<String, AttributeValue> item : items) {
      documents.add(
          document(item, options).isEmpty()
              ? Optional.empty()
              : Optional.of(Decode.bson(((Change.Upsert) batch.changes().get(next++)).document())));
    }
    assertEquals(next, batch.changes().size());
    return documents;
  }

  @Test
  void recordsMeanTheSameToTheSdkAndToTheDecoder() throws IOException {
    String arn = client.describeTable(d -> d.tableName("music")).table().latestStreamArn();
    String shard =
        streams.describeStream(d -> d.streamArn(arn)).streamDescription().shards().get(0).shardId();
    String iterator =
        streams
            .getShardIterator(
                i ->
                    i.streamArn(arn)
                        .shardId(shard)
                        .shardIteratorType(ShardIteratorType.TRIM_HORIZON))
            .shardIterator();
    List<Record> records =
        streams
            .getRecords(
                r ->
                    r.shardIterator(iterator)
                        .overrideConfiguration(
                            c -> c.putExecutionAttribute(DecodingInterceptor.SINK, this::keep)))
            .records();
    assertEquals(stored + 2, records.size());

    ConvertOptions options = Decode.options(ConvertType.CHANGE);
    PageDecoder decoder = new PageDecoder(Decode.BY_ID_AND_NUMBER, options);
    ChangeBatch.Builder into = ChangeBatch.builder();
    decoder.records(page, page.length, into, new WholeRecords());
    ChangeBatch batch = into.build(Position.END);

    Map<BsonDocument, Optional<BsonDocument>> expected = state(records, options);
    Map<BsonDocument, Optional<BsonDocument>> decoded = state(batch);
    assertEquals(Set.of(), difference(expected.keySet(), decoded.keySet()));
    assertEquals(Set.of(), difference(decoded.keySet(), expected.keySet()));
    expected.forEach((key, document) -> assertEquals(document, decoded.get(key)));
    assertEquals(
        Optional.of(records.get(records.size() - 1).dynamodb().sequenceNumber()),
        decoder.lastSequenceNumber());
    assertEquals(
        records.stream()
            .map(r -> r.dynamodb().approximateCreationDateTime())
            .max(Instant::compareTo),
        batch.newestRecord());
  }

  private static <T> Set<T> difference(Set<T> left, Set<T> right) {
    Set<T> difference = new HashSet<>(left);
    difference.removeAll(right);
    return difference;
  }

  /** The final state of every key after all records: its document, or empty. */
  private static Map<BsonDocument, Optional<BsonDocument>> state(
      List<Record> records, ConvertOptions options) {
    Map<BsonDocument, Optional<BsonDocument>> state = new LinkedHashMap<>();
    for (Record record : records) {
      BsonDocument key = document(record.dynamodb().keys(), options).orElseThrow();
      if (record.eventName() == OperationType.REMOVE) {
        state.put(key, Optional.empty());
      } else {
        Optional<BsonDocument> document = document(record.dynamodb().newImage(), options);
        document.ifPresent(d -> state.put(key, Optional.of(d)));
      }
    }
    return state;
  }

  private static Map<BsonDocument, Optional<BsonDocument>> state(ChangeBatch batch) {
    Map<BsonDocument, Optional<BsonDocument>> state = new LinkedHashMap<>();
    for (Change change : batch.changes()) {
      state.put(
          Decode.bson(change.key()),
          change instanceof Change.Upsert upsert
              ? Optional.of(Decode.bson(upsert.document()))
              : Optional.empty());
    }
    return state;
  }

  private static Optional<BsonDocument> document(
      Map<String, AttributeValue> item, ConvertOptions options) {
    return new SlowConverter(options).item(Attr.of(item));
  }

  private static Map<String, AttributeValue> sdk(Attr.M item) {
    return item.entries().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> sdk(entry.getValue())));
  }

  private static AttributeValue sdk(Attr value) {
    if (value instanceof Attr.S s) {
      return AttributeValue.fromS(s.text());
    } else if (value instanceof Attr.N n) {
      return AttributeValue.fromN(n.spelling());
    } else if (value instanceof Attr.B b) {
      return AttributeValue.fromB(SdkBytes.fromByteArray(b.array()));
    } else if (value instanceof Attr.Bool b) {
      return AttributeValue.fromBool(b.value());
    } else if (value instanceof Attr.M m) {
      return AttributeValue.fromM(sdk(m));
    } else if (value instanceof Attr.L l) {
      return AttributeValue.fromL(l.elements().stream().map(RealPagesTest::sdk).toList());
    } else if (value instanceof Attr.Multi set) {
      List<AttributeValue> elements = set.elements().stream().map(RealPagesTest::sdk).toList();
      return switch (set.descriptor()) {
        case "SS" -> AttributeValue.fromSs(elements.stream().map(AttributeValue::s).toList());
        case "NS" -> AttributeValue.fromNs(elements.stream().map(AttributeValue::n).toList());
        default -> AttributeValue.fromBs(elements.stream().map(AttributeValue::b).toList());
      };
    }
    return AttributeValue.fromNul(true);
  }
}
