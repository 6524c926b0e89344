package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.flink.MiniHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sync as a job, against real servers, under load. */
class MiniClusterTest {
  private static final int ITEMS = 2_000;
  private static final List<Shape> SHAPES = List.of(Shape.S, Shape.S_N);

  @TempDir Path directory;

  @Test
  void copiesAndFollowsWhileTaskManagersDie() throws Exception {
    try (Servers servers = new Servers();
        MiniHost flink = MiniHost.start(directory, 2, 1)) {
      BothSides.create(servers, SHAPES, ITEMS);
      Path conf =
          servers.configuration(
              directory, "sync_mode = all", "qps.full = 20", "qps.full.batch_num = 25");
      JobID job;
      try (Workload load = Workload.start(servers.dynamo, SHAPES, ITEMS + 500, 7)) {
        job = flink.submit(conf, 2, Optional.empty());
        awaitCopying(servers, flink, job);
        flink.replaceTaskManager(0);
        awaitCopied(servers, flink, job);
        long copied = load.changes();
        await().atMost(BothSides.LIMIT).until(() -> load.changes() > copied + 500);
        flink.replaceTaskManager(1);
        await().atMost(BothSides.LIMIT).until(() -> load.changes() > copied + 1_000);
      }
      awaitEqual(servers, flink, job);
      BothSides.assertNoHelpersLeft(servers, SHAPES);
      flink.stopWithSavepoint(job);
    }
  }

  @Test
  void aFullSyncEndsByItself() throws Exception {
    try (Servers servers = new Servers();
        MiniHost flink = MiniHost.start(directory, 1, 2)) {
      BothSides.create(servers, SHAPES, 1_000);
      Path conf = servers.configuration(directory, "sync_mode = full");
      JobID job = flink.submit(conf, 2, Optional.empty());
      assertEquals(JobStatus.FINISHED, flink.awaitEnd(job), () -> failure(flink, job));
      BothSides.assertEqual(servers, SHAPES);
    }
  }

  static String failure(MiniHost flink, JobID job) {
    try {
      return flink.failure(job);
    } catch (Exception e) { // Of whatever kind: there is a failure to tell of already.
      return e.toString();
    }
  }

  static void assertAlive(MiniHost flink, JobID job) {
    assertTrue(flink.isAlive(job), () -> failure(flink, job));
  }

  static void awaitCopying(Servers servers, MiniHost flink, JobID job) {
    await()
        .atMost(BothSides.LIMIT)
        .failFast(() -> assertAlive(flink, job))
        .until(() -> servers.collection(Shape.S.table).countDocuments() > ITEMS / 4);
  }

  static void awaitCopied(Servers servers, MiniHost flink, JobID job) {
    await()
        .atMost(BothSides.LIMIT)
        .failFast(() -> assertAlive(flink, job))
        .until(
            () -> {
              BsonDocument status =
                  servers
                      .mongo
                      .getDatabase(Servers.ID + "-checkpoint")
                      .getCollection("status_table", BsonDocument.class)
                      .find(new BsonDocument("Key", new BsonString("status_key")))
                      .first();
              return status != null
                  && status.getString("StatusValue").getValue().equals("incr_sync");
            });
  }

  static void awaitEqual(Servers servers, MiniHost flink, JobID job) {
    await()
        .atMost(BothSides.LIMIT)
        .pollInterval(Duration.ofMillis(500))
        .failFast(() -> assertAlive(flink, job))
        .untilAsserted(() -> BothSides.assertEqual(servers, SHAPES));
  }
}
