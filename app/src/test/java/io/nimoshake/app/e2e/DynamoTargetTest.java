package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.testkit.fault.HttpFault;
import io.nimoshake.testkit.fault.HttpFaultProxy;
import io.nimoshake.testkit.server.DynamoDbServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/** The program from one DynamoDB Local to another, through faults and kills. */
class DynamoTargetTest {
  private static final int ITEMS = 300;
  private static final List<Shape> SHAPES = List.of(Shape.values());

  @TempDir Path directory;

  private DynamoDbServer sourceServer;
  private DynamoDbServer targetServer;
  private DynamoDbClient source;
  private DynamoDbClient target;

  /** Starts what is tested. */
  Sync start(Path conf) throws Exception {
    return RunningSync.start(conf);
  }

  @BeforeEach
  void startServers() {
    sourceServer = DynamoDbServer.start();
    targetServer = DynamoDbServer.start();
    source = client(sourceServer.endpoint());
    target = client(targetServer.endpoint());
  }

  @AfterEach
  void stopServers() {
    source.close();
    target.close();
    sourceServer.close();
    targetServer.close();
  }

  @Test
  void copiesAndFollowsThroughFaultsAndKills() throws Exception {
    try (HttpFaultProxy proxy = HttpFaultProxy.to(targetServer.endpoint())) {
      create();
      Path conf =
          configuration(
              proxy.endpoint(), "sync_mode = all", "qps.full = 10", "qps.full.batch_num = 20");
      try (Workload load = Workload.start(source, SHAPES, ITEMS + 100, 5)) {
        for (int kill = 0; kill < 2; kill++) {
          try (Sync sync = start(conf)) {
            sync.awaitStarted();
            faults(proxy, kill);
            long from = load.changes();
            long written = proxy.calls("BatchWriteItem");
            await()
                .atMost(BothSides.LIMIT)
                .failFast(() -> assertTrue(sync.isAlive(), sync::output))
                .until(
                    () ->
                        load.changes() > from + 500
                            && proxy.calls("BatchWriteItem") > written + 60);
            sync.kill9();
            proxy.heal();
          }
        }
      }
      try (Sync sync = start(conf)) {
        sync.awaitStarted();
        faults(proxy, 2);
        awaitEqual(sync);
        proxy.heal();
        for (Shape shape : SHAPES) {
          source.deleteItem(r -> r.tableName(shape.table).key(shape.key(1)));
        }
        awaitEqual(sync);
        assertEquals(0, sync.terminate(), sync::output);
      }
      assertTrue(proxy.injected().get("unprocessed_items") > 20, proxy.injected()::toString);
      assertTrue(proxy.injected().size() >= 5, proxy.injected()::toString);
    }
    SHAPES.forEach(this::assertSameIndexes);
  }

  /** Nothing of an item is changed, but a table that has its key already is not made again. */
  @Test
  void aFullSyncMergesIntoTablesThatAreThere() throws Exception {
    create();
    target.createTable(Shape.S.definition());
    target.putItem(
        r -> r.tableName(Shape.S.table).item(Shape.S.item(ITEMS + 5_000, new java.util.Random(1))));
    Path conf = configuration(targetServer.endpoint(), "sync_mode = full");
    try (Sync sync = start(conf)) {
      assertEquals(0, sync.awaitExit(), sync::output);
    }
    assertEquals(ITEMS + 1, items(target, Shape.S).size());
    target.deleteItem(r -> r.tableName(Shape.S.table).key(Shape.S.key(ITEMS + 5_000)));
    assertEquals(List.of(), differences());
    assertSameIndexes(Shape.S);
  }

  private void create() {
    for (Shape shape : SHAPES) {
      source.createTable(shape.definition());
      Workload.load(source, shape, ITEMS, shape.ordinal());
    }
  }

  private static void faults(HttpFaultProxy proxy, int seed) {
    proxy
        .seeded("BatchWriteItem", seed, 0.2, HttpFault.UNPROCESSED_ITEMS)
        .seeded(
            HttpFaultProxy.ANY,
            seed,
            0.1,
            HttpFault.PROVISIONED_THROUGHPUT_EXCEEDED,
            HttpFault.THROTTLING,
            HttpFault.INTERNAL_SERVER_ERROR,
            HttpFault.DROP_BEFORE,
            HttpFault.DROP_AFTER,
            HttpFault.HALF_ANSWER);
  }

  private void awaitEqual(Sync sync) {
    await()
        .atMost(BothSides.LIMIT)
        .pollInterval(Duration.ofMillis(500))
        .failFast(() -> assertTrue(sync.isAlive(), sync::output))
        .untilAsserted(() -> assertEquals(List.of(), differences()));
  }

  /** Item by item, attribute by attribute, both ways; at most a few. */
  private List<String> differences() {
    List<String> differences = new ArrayList<>();
    for (Shape shape : SHAPES) {
      Map<Map<String, AttributeValue>, Map<String, AttributeValue>> there = items(target, shape);
      items(source, shape)
          .forEach(
              (key, item) -> {
                if (!item.equals(there.remove(key))) {
                  differences.add(shape.table + " " + key);
                }
              });
      there.keySet().forEach(key -> differences.add(shape.table + " has too much: " + key));
    }
    return differences.subList(0, Math.min(5, differences.size()));
  }

  private static Map<Map<String, AttributeValue>, Map<String, AttributeValue>> items(
      DynamoDbClient client, Shape shape) {
    Map<Map<String, AttributeValue>, Map<String, AttributeValue>> items = new HashMap<>();
    client
        .scanPaginator(r -> r.tableName(shape.table).limit(500).consistentRead(true))
        .items()
        .forEach(
            item -> {
              Map<String, AttributeValue> key = new HashMap<>(item);
              key.keySet().retainAll(shape.keyNames());
              items.put(key, item);
            });
    return items;
  }

  private void assertSameIndexes(Shape shape) {
    assertEquals(indexes(source, shape), indexes(target, shape));
  }

  private static List<String> indexes(DynamoDbClient client, Shape shape) {
    TableDescription table = client.describeTable(r -> r.tableName(shape.table)).table();
    return table.globalSecondaryIndexes().stream()
        .map(index -> index.indexName() + index.keySchema() + index.projection())
        .toList();
  }

  private Path configuration(URI target, String... lines) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of(
                "id = e2e",
                "source.access_key_id = accessKey",
                "source.secret_access_key = secret",
                "source.region = us-east-1",
                "source.endpoint_url = " + sourceServer.endpoint(),
                "target.type = dynamodb",
                "target.address = " + target,
                "target.access_key_id = accessKey",
                "target.secret_access_key = secret",
                "target.region = us-east-1",
                "checkpoint.address = " + directory.resolve("checkpoint"),
                "full_sync.http_port = 0",
                "incr_sync.http_port = 0"));
    all.addAll(List.of(lines));
    return Files.write(directory.resolve("nimo-shake.conf"), all);
  }

  private static DynamoDbClient client(URI endpoint) {
    return DynamoDbClient.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("accessKey", "secret")))
        .build();
  }
}
