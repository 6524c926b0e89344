package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bson.BsonDocument;

/** What the tests prepare, wait for and compare on source and target. */
final class BothSides {
  /** Of every wait for what must come: reached only if it never does, however busy the machine. */
  static final Duration LIMIT = Duration.ofMinutes(5);

  private BothSides() {}

  static void create(Servers servers, List<Shape> shapes, int items) {
    for (Shape shape : shapes) {
      servers.dynamo.createTable(shape.definition());
      Workload.load(servers.dynamo, shape, items, shape.ordinal());
    }
  }

  static void awaitCopied(Servers servers, Sync sync) {
    awaitCopied(servers, sync, LIMIT);
  }

  static void awaitCopied(Servers servers, Sync sync, Duration limit) {
    await()
        .atMost(limit)
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

  /** Waits until the target has more documents than this. */
  static void awaitDocuments(Servers servers, Shape shape, int count, Sync sync) {
    await()
        .atMost(LIMIT)
        .failFast(() -> assertTrue(sync.isAlive(), sync::output))
        .until(() -> servers.collection(shape.table).countDocuments() > count);
  }

  /** Waits until the sync has printed one of these texts. */
  static void awaitOutput(Sync sync, String... texts) {
    awaitOutput(sync, LIMIT, texts);
  }

  static void awaitOutput(Sync sync, Duration limit, String... texts) {
    await()
        .atMost(limit)
        .failFast(() -> assertTrue(sync.isAlive(), sync::output))
        .untilAsserted(
            () -> {
              String output = sync.output();
              assertTrue(
                  Stream.of(texts).anyMatch(output::contains),
                  () -> "none of " + List.of(texts) + " in:\n" + output);
            });
  }

  /** Waits for the end of the copy, ends the load, and the sync once both sides are equal. */
  static void awaitEqualEnd(Servers servers, Shape shape, Workload load, RunningSync sync)
      throws Exception {
    awaitCopied(servers, sync);
    load.close();
    awaitCaughtUp(servers, List.of(shape), sync);
    awaitEqual(servers, List.of(shape), sync);
    assertNoHelpersLeft(servers, List.of(shape));
    assertEquals(0, sync.terminate(), sync::output);
  }

  /** A last item a table, written after all others: when it has arrived, all has. */
  static void awaitCaughtUp(Servers servers, List<Shape> shapes, Sync sync) {
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

  /**
   * The source no longer changes. One last item does not say that all has arrived: it may be
   * visible while deletes of the same batch, which go in a command of their own, are still under
   * way.
   */
  static void awaitEqual(Servers servers, List<Shape> shapes, Sync sync) {
    awaitEqual(servers, shapes, sync, LIMIT);
  }

  static void awaitEqual(Servers servers, List<Shape> shapes, Sync sync, Duration limit) {
    await()
        .atMost(limit)
        .pollInterval(Duration.ofMillis(500))
        .failFast(() -> assertTrue(sync.isAlive(), sync::output))
        .untilAsserted(() -> assertEqual(servers, shapes));
  }

  /** Item by item, field by field, both ways. */
  static void assertEqual(Servers servers, List<Shape> shapes) {
    List<String> all = new ArrayList<>();
    shapes.forEach(shape -> all.addAll(servers.differences(shape)));
    assertEquals(List.of(), all);
  }

  static void assertNoHelpersLeft(Servers servers, List<Shape> shapes) {
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
