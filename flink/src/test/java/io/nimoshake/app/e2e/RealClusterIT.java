package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.flink.RealCluster;
import io.nimoshake.mongodb.checkpoint.MongoCheckpointStore;
import io.nimoshake.testkit.fault.HttpFault;
import io.nimoshake.testkit.fault.HttpFaultProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packed job on a cluster of separate processes, which are killed. */
class RealClusterIT {
  private static final List<Shape> SHAPES = List.of(Shape.S, Shape.S_N);
  private static final int PAGE_ITEMS = 20;

  @TempDir Path directory;

  @Test
  void aTaskManagerIsKilledInEachPhaseAndThenTheJobManager() throws Exception {
    int items = 4_000;
    try (Servers servers = new Servers();
        HttpFaultProxy source = HttpFaultProxy.to(servers.dynamoServer.endpoint());
        RealCluster flink = RealCluster.start(directory, 2, 1)) {
      BothSides.create(servers, SHAPES, items);
      Path conf =
          servers.configuration(
              directory,
              source.endpoint(),
              servers.mongoServer.uri(),
              "sync_mode = all",
              "qps.full = 20",
              "qps.full.batch_num = " + PAGE_ITEMS);
      String job = flink.run(conf, 2, Optional.empty());
      try (Workload load = Workload.start(servers.dynamo, SHAPES, items + 500, 7)) {
        awaitDocuments(servers, flink, job, items / 4);
        holdCopy(source);
        assertTrue(!isCopied(servers), "killed in the copy");
        flink.killTaskManager(0);
        source.heal();
        flink.startTaskManager(0);
        awaitCopied(servers, flink, job);
        awaitChanges(load, 500);
        flink.killTaskManager(1);
        flink.startTaskManager(1);
        awaitChanges(load, 500);
        flink.awaitCheckpoint(job);
        String checkpoint = flink.lastCheckpoint(job);
        flink.killJobManager();
        flink.startJobManager();
        flink.awaitSlots(2);
        job = flink.run(conf, 2, Optional.of(checkpoint));
        awaitChanges(load, 500);
      }
      awaitEqual(servers, flink, job);
      BothSides.assertNoHelpersLeft(servers, SHAPES);
      flink.stop(job);
    }
  }

  /** Standalone, cluster, 1 to 4 to 2 subtasks, standalone; nothing is copied twice. */
  @Test
  void aRunningSyncMovesOntoTheClusterAndBack() throws Exception {
    int items = 6_000;
    try (Servers servers = new Servers();
        HttpFaultProxy proxy = HttpFaultProxy.to(servers.dynamoServer.endpoint());
        RealCluster flink = RealCluster.start(directory, 2, 2)) {
      BothSides.create(servers, SHAPES, items);
      Path conf =
          servers.configuration(
              directory,
              proxy.endpoint(),
              servers.mongoServer.uri(),
              "sync_mode = all",
              "full.read.concurrency = 8",
              "qps.full = 12",
              "qps.full.batch_num = " + PAGE_ITEMS);
      try (Workload load = Workload.start(servers.dynamo, SHAPES, items + 500, 7)) {
        try (RunningSync sync = RunningSync.start(conf)) {
          await()
              .atMost(BothSides.LIMIT)
              .failFast(() -> assertTrue(sync.isAlive(), sync::output))
              .until(() -> documents(servers) > items / 2);
          holdCopy(proxy);
          assertEquals(0, sync.terminate(), sync::output);
        }
        assertTrue(!isCopied(servers), "moved in the copy");
        proxy.heal();
        String job = flink.run(conf, 1, Optional.empty());
        awaitDocuments(servers, flink, job, items);
        holdCopy(proxy);
        String savepoint = flink.stop(job);
        assertTrue(!isCopied(servers), "rescaled in the copy");
        proxy.heal();
        job = flink.run(conf, 4, Optional.of(savepoint));
        awaitCopied(servers, flink, job);
        savepoint = flink.stop(job);
        job = flink.run(conf, 2, Optional.of(savepoint));
        awaitChanges(load, 1_000);
        flink.stop(job);
        long held = proxy.injected().values().stream().mapToLong(Long::longValue).sum();
        long scanned = (proxy.calls("Scan") - held) * PAGE_ITEMS;
        long whole = 2L * (items + 500);
        System.out.printf("%d items were read for at most %d%n", scanned, whole);
        // Pages of segments' ends are not full: 8 a table.
        assertTrue(
            scanned - 2L * 8 * PAGE_ITEMS < whole * 11 / 10,
            () -> scanned + " items were read for " + whole);
        awaitLeaseGivenBack(servers, flink);
        try (RunningSync sync = RunningSync.start(conf)) {
          awaitChanges(load, 1_000);
          load.close();
          BothSides.awaitEqual(servers, SHAPES, sync);
          BothSides.assertNoHelpersLeft(servers, SHAPES);
          assertEquals(0, sync.terminate(), sync::output);
        }
      }
    }
  }

  /** Both may not run at a time, whichever came first. */
  @Test
  void theLeaseKeepsThemApart() throws Exception {
    try (Servers servers = new Servers();
        RealCluster flink = RealCluster.start(directory, 1, 1)) {
      BothSides.create(servers, SHAPES, 100);
      Path conf = servers.configuration(directory, "sync_mode = all");
      String job = flink.run(conf, 1, Optional.empty());
      awaitCopied(servers, flink, job);
      try (RunningSync sync = RunningSync.start(conf)) {
        assertEquals(2, sync.awaitExit(), sync::output);
        assertTrue(sync.output().contains("/flink job " + job), sync::output);
      }
      flink.stop(job);
      awaitLeaseGivenBack(servers, flink);
      try (RunningSync sync = RunningSync.start(conf)) {
        sync.awaitStarted();
        String second = flink.run(conf, 1, Optional.empty());
        await().atMost(BothSides.LIMIT).until(() -> flink.status(second).equals("FAILED"));
        assertTrue(flink.output().contains("is already running as process"));
        assertTrue(sync.isAlive(), sync::output);
        assertEquals(0, sync.terminate(), sync::output);
      }
    }
  }

  /** The copy cannot end, however long what the test does next takes. */
  private static void holdCopy(HttpFaultProxy source) {
    source.always("Scan", HttpFault.THROTTLING);
  }

  /**
   * The JobManager cleans up a moment after the job counts as finished. If a call to the target is
   * still under way then, the lease may run out by itself, and the log says so.
   */
  private static void awaitLeaseGivenBack(Servers servers, RealCluster flink) throws Fault {
    try (MongoCheckpointStore store =
        new MongoCheckpointStore(servers.mongoServer.uri(), Servers.ID + "-checkpoint")) {
      long begin = System.nanoTime();
      await()
          .atMost(BothSides.LIMIT)
          .until(() -> store.lease().orElseThrow().expires().isBefore(Instant.now()));
      if (!store.lease().orElseThrow().expires().equals(Instant.EPOCH)) {
        assertTrue(flink.output().contains("the lease is not released"), flink::output);
      }
      System.out.printf(
          "the lease was given back after %d ms%n", (System.nanoTime() - begin) / 1_000_000);
    }
  }

  private static long documents(Servers servers) {
    return SHAPES.stream().mapToLong(s -> servers.collection(s.table).countDocuments()).sum();
  }

  private static void awaitDocuments(Servers servers, RealCluster flink, String job, long count) {
    await()
        .atMost(BothSides.LIMIT)
        .failFast(() -> flink.assertGoesOn(job))
        .until(() -> documents(servers) > count);
  }

  private static boolean isCopied(Servers servers) {
    BsonDocument status =
        servers
            .mongo
            .getDatabase(Servers.ID + "-checkpoint")
            .getCollection("status_table", BsonDocument.class)
            .find(new BsonDocument("Key", new BsonString("status_key")))
            .first();
    return status != null && status.getString("StatusValue").getValue().equals("incr_sync");
  }

  private static void awaitCopied(Servers servers, RealCluster flink, String job) {
    await()
        .atMost(BothSides.LIMIT)
        .failFast(() -> flink.assertGoesOn(job))
        .until(() -> isCopied(servers));
  }

  private static void awaitChanges(Workload load, long more) {
    long from = load.changes();
    await().atMost(BothSides.LIMIT).until(() -> load.changes() > from + more);
  }

  private static void awaitEqual(Servers servers, RealCluster flink, String job) {
    await()
        .atMost(BothSides.LIMIT)
        .pollInterval(Duration.ofMillis(500))
        .failFast(() -> flink.assertGoesOn(job))
        .untilAsserted(() -> BothSides.assertEqual(servers, SHAPES));
  }
}
