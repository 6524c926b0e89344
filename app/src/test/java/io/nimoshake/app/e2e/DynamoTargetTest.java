package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.testkit.fault.HttpFault;
import io.nimoshake.testkit.fault.HttpFaultProxy;
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
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/** The program from one DynamoDB Local to another, through faults and kills. */
class DynamoTargetTest {
  private static final int ITEMS = 300;
  private static final List<Shape> SHAPES = List.of(Shape.values());

  @TempDir Path directory;

  private TwoDynamos servers;

  /** Starts what is tested. */
  Sync start(Path conf) throws Exception {
    return RunningSync.start(conf);
  }

  @BeforeEach
  void startServers() {
    servers = new TwoDynamos();
  }

  @AfterEach
  void stopServers() {
    servers.close();
  }

  @Test
  void copiesAndFollowsThroughFaultsAndKills() throws Exception {
    try (HttpFaultProxy proxy = HttpFaultProxy.to(servers.targetServer.endpoint())) {
      create();
      Path conf =
          servers.configuration(
              directory,
              proxy.endpoint(),
              "sync_mode = all",
              "qps.full = 10",
              "qps.full.batch_num = 20");
      try (Workload load = Workload.start(servers.source, SHAPES, ITEMS + 100, 5)) {
        for (int kill = 0; kill < 2; kill++) {
          try (Sync sync = start(conf)) {
            sync.awaitStarted();
            faults(proxy, kill);
            long from = load.changes();
            long written = proxy.calls("BatchWriteItem");
            long lives = kill + 1;
            await()
                .atMost(BothSides.LIMIT)
                .failFast(() -> assertTrue(sync.isAlive(), sync::output))
                .until(
                    () ->
                        load.changes() > from + 500
                            && proxy.calls("BatchWriteItem") > written + 60
                            && kinds(proxy) >= 5
                            && unprocessed(proxy) > 10 * lives);
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
          servers.source.deleteItem(r -> r.tableName(shape.table).key(shape.key(1)));
        }
        awaitEqual(sync);
        assertEquals(0, sync.terminate(), sync::output);
      }
    }
    SHAPES.forEach(this::assertSameIndexes);
  }

  /** Nothing of an item is changed, but a table that has its key already is not made again. */
  @Test
  void aFullSyncMergesIntoTablesThatAreThere() throws Exception {
    create();
    servers.target.createTable(Shape.S.definition());
    servers.target.putItem(
        r -> r.tableName(Shape.S.table).item(Shape.S.item(ITEMS + 5_000, new java.util.Random(1))));
    Path conf = servers.configuration(directory, "sync_mode = full");
    try (Sync sync = start(conf)) {
      assertEquals(0, sync.awaitExit(), sync::output);
    }
    assertEquals(ITEMS + 1, items(servers.target, Shape.S).size());
    servers.target.deleteItem(r -> r.tableName(Shape.S.table).key(Shape.S.key(ITEMS + 5_000)));
    assertEquals(List.of(), differences());
    assertSameIndexes(Shape.S);
  }

  private void create() {
    for (Shape shape : SHAPES) {
      servers.source.createTable(shape.definition());
      Workload.load(servers.source, shape, ITEMS, shape.ordinal());
    }
  }

  private static int kinds(HttpFaultProxy proxy) {
    return proxy.injected().size();
  }

  private static long unprocessed(HttpFaultProxy proxy) {
    return proxy.injected().getOrDefault(HttpFault.UNPROCESSED_ITEMS.kind(), 0L);
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
      Map<Map<String, AttributeValue>, Map<String, AttributeValue>> there =
          items(servers.target, shape);
      items(servers.source, shape)
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
    assertEquals(indexes(servers.source, shape), indexes(servers.target, shape));
  }

  private static List<String> indexes(DynamoDbClient client, Shape shape) {
    TableDescription table = client.describeTable(r -> r.tableName(shape.table)).table();
    return table.globalSecondaryIndexes().stream()
        .map(index -> index.indexName() + index.keySchema() + index.projection())
        .toList();
  }
}
