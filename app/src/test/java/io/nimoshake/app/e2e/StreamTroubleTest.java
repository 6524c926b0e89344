package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.testkit.fault.FaultProxy;
import io.nimoshake.testkit.fault.HttpFault;
import io.nimoshake.testkit.fault.HttpFaultProxy;
import io.nimoshake.testkit.fault.TcpFault;
import io.nimoshake.testkit.stream.Resharding;
import io.nimoshake.testkit.stream.ReshardingEndpoint;
import io.nimoshake.testkit.stream.ReshardingOptions;
import io.nimoshake.testkit.stream.ShardView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The program where streams split, servers fail and records expire. */
class StreamTroubleTest {
  private static final int ITEMS = 1_000;
  private static final List<Shape> SHAPES = List.of(Shape.S);

  @TempDir Path directory;

  /** Starts what is tested. */
  Sync start(Path conf) throws Exception {
    return RunningSync.start(conf);
  }

  /** How often what is tested is killed, where that is done at all. */
  int kills() {
    return 3;
  }

  /** Changes that are made before it is. */
  int changesALife() {
    return 1_500;
  }

  /** Reading a child before its parent is durable would end in old values. */
  @Test
  void followsAStreamThatSplitsAllTheTime() throws Exception {
    ReshardingOptions options =
        ReshardingOptions.nasty(5)
            .resharding(Resharding.seeded(5, 0.10, 0.05).withAtMost(24))
            .pageRecords(50)
            .listedShards(40)
            .pollEvery(Duration.ofMillis(20));
    try (Servers servers = Servers.shared();
        ReshardingEndpoint endpoint =
            ReshardingEndpoint.to(servers.dynamoServer.endpoint(), options)) {
      BothSides.create(servers, SHAPES, ITEMS);
      Path conf =
          servers.configuration(
              directory, endpoint.endpoint(), servers.mongoServer.uri(), "sync_mode = all");
      try (Sync sync = start(conf)) {
        try (Workload ignored = Workload.start(servers.dynamo, SHAPES, ITEMS + 100, 3)) {
          BothSides.awaitCopied(servers, sync);
          await()
              .atMost(BothSides.LIMIT)
              .until(() -> endpoint.shards(streamArn(servers.dynamo)).size() >= 200);
        }
        BothSides.awaitEqual(servers, SHAPES, sync);
        List<ShardView> shards = endpoint.shards(streamArn(servers.dynamo));
        assertTrue(shards.stream().anyMatch(shard -> shard.generation() >= 6));
        assertEquals(List.of(), endpoint.readTooEarly());
        assertEquals(0, sync.terminate(), sync::output);
      }
    }
  }

  @Test
  void getsThroughFaultsOnBothSidesAndKills() throws Exception {
    try (Servers servers = Servers.shared();
        HttpFaultProxy source = HttpFaultProxy.to(servers.dynamoServer.endpoint());
        FaultProxy target = FaultProxy.to("127.0.0.1", servers.mongoServer.port())) {
      BothSides.create(servers, SHAPES, ITEMS);
      Path conf =
          servers.configuration(
              directory,
              source.endpoint(),
              "mongodb://127.0.0.1:" + target.port(),
              "sync_mode = all",
              "qps.full.batch_num = 20");
      try (Workload load = Workload.start(servers.dynamo, SHAPES, ITEMS + 100, 3)) {
        for (int kill = 0; kill < kills(); kill++) {
          try (Sync sync = start(conf)) {
            sync.awaitStarted();
            source.seeded(
                HttpFaultProxy.ANY,
                kill,
                0.1,
                HttpFault.THROTTLING,
                HttpFault.PROVISIONED_THROUGHPUT_EXCEEDED,
                HttpFault.INTERNAL_SERVER_ERROR,
                HttpFault.DROP_BEFORE,
                HttpFault.DROP_AFTER,
                HttpFault.HALF_ANSWER);
            target.seeded(
                kill,
                0.02,
                new TcpFault.Reset(TcpFault.Side.REPLY, 10),
                new TcpFault.HalfReply(),
                new TcpFault.Delay(Duration.ofMillis(50)));
            long from = load.changes();
            await()
                .atMost(BothSides.LIMIT)
                .failFast(() -> assertTrue(sync.isAlive(), sync::output))
                .until(
                    () ->
                        load.changes() > from + changesALife()
                            && !source.injected().isEmpty()
                            && !target.injected().isEmpty());
            sync.kill9();
            source.heal();
            target.heal();
          }
        }
      }
      try (Sync sync = start(conf)) {
        BothSides.awaitCopied(servers, sync);
        BothSides.awaitCaughtUp(servers, SHAPES, sync);
        BothSides.awaitEqual(servers, SHAPES, sync);
        BothSides.assertNoHelpersLeft(servers, SHAPES);
        assertEquals(0, sync.terminate(), sync::output);
      }
    }
  }

  @Test
  void copiesAgainWhatExpiredUnread() throws Exception {
    try (Servers servers = new Servers()) {
      Path conf = loseChanges(servers, "on_gap = resync");
      try (Sync sync = start(conf)) {
        BothSides.awaitEqual(servers, SHAPES, sync);
        assertTrue(sync.output().contains("copied again"), sync::output);
        assertEquals(0, sync.terminate(), sync::output);
      }
    }
  }

  @Test
  void failsTheTableWhoseChangesExpiredUnread() throws Exception {
    try (Servers servers = new Servers()) {
      Path conf = loseChanges(servers, "on_gap = fail");
      try (Sync sync = start(conf)) {
        assertEquals(1, sync.awaitExit(), sync::output);
        assertTrue(sync.output().contains("table by_s has failed"), sync::output);
      }
    }
  }

  /** A sync that was away while its stream's records expired. */
  private Path loseChanges(Servers servers, String policy) throws Exception {
    BothSides.create(servers, SHAPES, ITEMS);
    Path conf = servers.configuration(directory, "sync_mode = all", "retry.gone = 5s", policy);
    try (Sync sync = start(conf)) {
      BothSides.awaitCopied(servers, sync);
      BothSides.awaitCaughtUp(servers, SHAPES, sync);
      assertEquals(0, sync.terminate(), sync::output);
    }
    for (int number = 0; number < 50; number++) {
      int gone = number;
      servers.dynamo.deleteItem(r -> r.tableName(Shape.S.table).key(Shape.S.key(gone)));
    }
    servers.dynamoServer.ageStreams(Duration.ofHours(25));
    return conf;
  }

  private static String streamArn(DynamoDbClient dynamo) {
    return dynamo.describeTable(r -> r.tableName(Shape.S.table)).table().latestStreamArn();
  }
}
