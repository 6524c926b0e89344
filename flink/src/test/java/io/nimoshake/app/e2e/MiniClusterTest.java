package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.flink.MiniHost;
import io.nimoshake.testkit.stream.Resharding;
import io.nimoshake.testkit.stream.ReshardingEndpoint;
import io.nimoshake.testkit.stream.ReshardingOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The sync as a job, against real servers. */
class MiniClusterTest {
  private static final List<Shape> SHAPES = List.of(Shape.S, Shape.S_N);

  @TempDir private static Path checkpoints;
  private static Servers servers;
  private static MiniHost flink;

  @TempDir private Path directory;

  @BeforeAll
  static void start() throws Exception {
    servers = Servers.shared();
    flink = MiniHost.start(checkpoints, 2, 1);
  }

  @AfterAll
  static void stop() throws Exception {
    flink.close();
    servers.close();
  }

  @AfterEach
  void empty() {
    for (String table : servers.dynamo.listTables().tableNames()) {
      servers.dynamo.deleteTable(r -> r.tableName(table));
    }
    servers.mongo.getDatabase(Servers.ID).drop();
    servers.mongo.getDatabase(Servers.ID + "-checkpoint").drop();
  }

  /** Reading a child before its parent is durable would end in old values. */
  @Test
  void followsShardsThatSplitWhileTaskManagersDie() throws Exception {
    int items = 600;
    ReshardingOptions options =
        ReshardingOptions.nasty(5)
            .resharding(Resharding.seeded(5, 0.05, 0.02).withAtMost(24))
            .pageRecords(50)
            .listedShards(40)
            .pollEvery(Duration.ofMillis(20));
    try (ReshardingEndpoint endpoint =
        ReshardingEndpoint.to(servers.dynamoServer.endpoint(), options)) {
      BothSides.create(servers, SHAPES, items);
      Path conf =
          servers.configuration(
              directory,
              endpoint.endpoint(),
              servers.mongoServer.uri(),
              "sync_mode = all",
              "qps.full = 20",
              "qps.full.batch_num = 25");
      try (Sync job = JobSync.start(flink, conf, 2)) {
        try (Workload load = Workload.start(servers.dynamo, SHAPES, items + 100, 7)) {
          await()
              .atMost(BothSides.LIMIT)
              .failFast(() -> assertTrue(job.isAlive(), job::output))
              .until(() -> servers.collection(Shape.S.table).countDocuments() > items / 4);
          flink.replaceTaskManager(0);
          BothSides.awaitCopied(servers, job);
          long copied = load.changes();
          await().atMost(BothSides.LIMIT).until(() -> load.changes() > copied + 300);
          flink.replaceTaskManager(1);
          await().atMost(BothSides.LIMIT).until(() -> load.changes() > copied + 600);
        }
        BothSides.awaitEqual(servers, SHAPES, job);
        BothSides.assertNoHelpersLeft(servers, SHAPES);
        assertEquals(List.of(), endpoint.readTooEarly());
        assertEquals(0, job.terminate(), job::output);
      }
    }
  }

  @Test
  void aFullSyncEndsByItself() throws Exception {
    BothSides.create(servers, SHAPES, 300);
    try (Sync job = JobSync.start(flink, servers.configuration(directory, "sync_mode = full"), 2)) {
      assertEquals(0, job.awaitExit(), job::output);
    }
    BothSides.assertEqual(servers, SHAPES);
  }

  @Test
  void aTableThatFailsDoesNotStopTheOthers() throws Exception {
    BothSides.create(servers, SHAPES, 300);
    Map<String, AttributeValue> poison = new HashMap<>(Shape.S.item(1, new Random(1)));
    poison.put("huge", AttributeValue.fromN("1.5E100"));
    poison.put("long", AttributeValue.fromN("12345678901234567890123456789012345678"));
    servers.dynamo.putItem(r -> r.tableName(Shape.S.table).item(poison));
    Path conf =
        servers.configuration(directory, "sync_mode = full", "convert.number_overflow = fail");
    try (Sync job = JobSync.start(flink, conf, 2)) {
      assertEquals(1, job.awaitExit());
      assertTrue(job.output().contains("these tables failed: " + Shape.S.table), job::output);
    }
    BothSides.assertEqual(servers, List.of(Shape.S_N));
  }

  /** Slow, and right all the same: a page a split and checkpoint. */
  @Test
  void readerAndSinkMayBeTornApart() throws Exception {
    BothSides.create(servers, SHAPES, 100);
    Map<String, String> unchained = Map.of("pipeline.operator-chaining.enabled", "false");
    Path conf = servers.configuration(directory, "sync_mode = all");
    try (Sync job = JobSync.start(flink, conf, 1, unchained)) {
      BothSides.awaitCopied(servers, job);
      try (Workload load = Workload.start(servers.dynamo, SHAPES, 120, 7)) {
        await().atMost(BothSides.LIMIT).until(() -> load.changes() > 200);
      }
      BothSides.awaitEqual(servers, SHAPES, job);
      BothSides.assertNoHelpersLeft(servers, SHAPES);
      assertEquals(0, job.terminate(), job::output);
    }
  }
}
