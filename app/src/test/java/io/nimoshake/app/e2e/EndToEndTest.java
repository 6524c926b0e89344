package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program against real servers, each in a process of its own, under load. */
class EndToEndTest {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final int ITEMS = 5_000;

  @TempDir Path directory;

  @Test
  void copiesAndFollowsFourTablesWhileTheyChange() throws Exception {
    List<Shape> shapes = List.of(Shape.values());
    try (Servers servers = new Servers()) {
      create(servers, shapes, ITEMS);
      Path conf =
          servers.configuration(directory, "sync_mode = all", "full.enable_index.user = true");
      try (RunningSync sync = RunningSync.start(conf)) {
        try (Workload load = Workload.start(servers.dynamo, shapes, ITEMS + 500, 7)) {
          awaitCopied(servers, sync);
          long copied = load.changes();
          await().atMost(LIMIT).until(() -> load.changes() > copied + 2_000);
        }
        awaitCaughtUp(servers, shapes, sync);
        assertEquals(List.of(), differences(servers, shapes));
        assertNoHelpersLeft(servers, shapes);
        assertEquals(0, sync.terminate(), sync::output);
      }
    }
  }

  /** The restarts must not bring back what was deleted, nor copy again what was copied. */
  @Test
  void survivesBeingKilledTenTimes() throws Exception {
    List<Shape> shapes = List.of(Shape.S, Shape.S_N);
    Random random = new Random(11);
    try (Servers servers = new Servers()) {
      create(servers, shapes, ITEMS);
      Path conf =
          servers.configuration(
              directory, "sync_mode = all", "qps.full = 20", "qps.full.batch_num = 100");
      try (Workload load = Workload.start(servers.dynamo, shapes, ITEMS + 500, 13)) {
        for (int kill = 0; kill < 10; kill++) {
          try (RunningSync sync = RunningSync.start(conf)) {
            long from = load.changes();
            int more = 100 + random.nextInt(1_500);
            await().atMost(LIMIT).until(() -> load.changes() > from + more || !sync.isAlive());
            assertTrue(sync.isAlive(), sync::output);
            sync.kill9();
          }
        }
      }
      try (RunningSync sync = RunningSync.start(conf)) {
        awaitCaughtUp(servers, shapes, sync);
        awaitCopied(servers, sync);
        assertEquals(List.of(), differences(servers, shapes));
        assertNoHelpersLeft(servers, shapes);
        assertEquals(0, sync.terminate(), sync::output);
      }
    }
  }

  @Test
  void aFullSyncEndsByItself() throws Exception {
    List<Shape> shapes = List.of(Shape.S_B, Shape.N);
    try (Servers servers = new Servers()) {
      create(servers, shapes, 1_000);
      Path conf = servers.configuration(directory, "sync_mode = full");
      try (RunningSync sync = RunningSync.start(conf)) {
        assertEquals(0, sync.awaitExit(), sync::output);
      }
      assertEquals(List.of(), differences(servers, shapes));
    }
  }

  private static void create(Servers servers, List<Shape> shapes, int items) {
    for (Shape shape : shapes) {
      servers.dynamo.createTable(shape.definition());
      Workload.load(servers.dynamo, shape, items, shape.ordinal());
    }
  }

  private static void awaitCopied(Servers servers, RunningSync sync) {
    await()
        .atMost(LIMIT)
        .failFast(() -> assertTrue(sync.isAlive(), sync::output))
        .until(
            () -> {
              BsonDocument status =
                  servers
                      .mongo
                      .getDatabase(Servers.ID + "-checkpoint")
                      .getCollection("status_table", BsonDocument.class)
                      .find(new BsonDocument("Key", new org.bson.BsonString("status_key")))
                      .first();
              return status != null
                  && status.getString("StatusValue").getValue().equals("incr_sync");
            });
  }

  /** A last item a table, written after all others: when it has arrived, all has. */
  private static void awaitCaughtUp(Servers servers, List<Shape> shapes, RunningSync sync) {
    for (Shape shape : shapes) {
      int last = 1_000_000;
      servers.dynamo.putItem(
          r -> r.tableName(shape.table).item(shape.item(last, new Random(last))));
    }
    await()
        .atMost(LIMIT)
        .failFast(() -> assertTrue(sync.isAlive(), sync::output))
        .until(() -> shapes.stream().allMatch(shape -> servers.hasItem(shape, 1_000_000)));
  }

  private static List<String> differences(Servers servers, List<Shape> shapes) {
    List<String> all = new ArrayList<>();
    shapes.forEach(shape -> all.addAll(servers.differences(shape)));
    return all;
  }

  private static void assertNoHelpersLeft(Servers servers, List<Shape> shapes) {
    for (Shape shape : shapes) {
      assertEquals(
          0,
          servers
              .collection(shape.table)
              .countDocuments(BsonDocument.parse("{__nimo_deleted: {$exists: true}}")));
      assertTrue(
          servers.indexNames(shape).stream().noneMatch(name -> name.contains("nimo")),
          () -> servers.indexNames(shape).toString());
    }
  }
}
