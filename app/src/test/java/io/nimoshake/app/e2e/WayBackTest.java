package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.Updates;
import io.nimoshake.app.check.CheckOptions;
import io.nimoshake.app.check.Finding;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.Lease;
import io.nimoshake.mongodb.checkpoint.MongoCheckpointStore;
import io.nimoshake.mongodb.source.StreamStart;
import io.nimoshake.testkit.wire.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Collectors;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forward, cut over, changes in MongoDB while the program is killed, equal on both sides. */
class WayBackTest {
  /** The changes of the whole test: as many as issue 18 asks for with the property. */
  private static final int CHANGES = Integer.getInteger("nimoshake.back.changes", 1_000);

  private static final int KILLS = Integer.getInteger("nimoshake.back.kills", 2);
  private static final int ITEMS = 400;
  private static final List<Shape> SHAPES = List.of(Shape.S, Shape.N, Shape.S_B);

  @TempDir Path directory;

  @Test
  void everyChangeOfMongoDbArrivesHoweverOftenItIsKilled() throws Exception {
    Random random = new Random(18);
    try (Servers servers = Servers.withChangeStreams()) {
      BothSides.create(servers, SHAPES, ITEMS);
      copyAndCutOver(servers);
      Path back = servers.configuration(directory, "sync_mode = back");
      for (int kill = 0; kill <= KILLS; kill++) {
        try (RunningSync sync = RunningSync.start(back)) {
          for (int i = 0; i < CHANGES / (KILLS + 1); i++) {
            change(servers, SHAPES.get(random.nextInt(SHAPES.size())), random);
          }
          if (kill < KILLS) {
            sync.awaitStarted();
            sync.kill9();
          } else {
            BothSides.awaitEqual(servers, SHAPES, sync);
            assertEquals(0, sync.terminate(), sync::output);
          }
        }
      }
      Path forward = servers.configuration(directory, "sync_mode = all");
      try (RunningSync sync = RunningSync.start(forward)) {
        assertTrue(sync.awaitExit() != 0, sync::output);
      }
    }
  }

  @Test
  void aDroppedCollectionEndsItsTableOnly() throws Exception {
    try (Servers servers = Servers.withChangeStreams()) {
      BothSides.create(servers, List.of(Shape.S, Shape.N), 20);
      copyAndCutOver(servers);
      Path back = servers.configuration(directory, "sync_mode = back");
      try (RunningSync sync = RunningSync.start(back)) {
        servers.collection(Shape.S.table).drop();
        BothSides.awaitOutput(sync, "was dropped; DynamoDB has every change before that");
        change(servers, Shape.N, new Random(1));
        BothSides.awaitEqual(servers, List.of(Shape.N), sync);
        assertEquals(1, sync.terminate(), sync::output);
      }
    }
  }

  @Test
  void aPositionOlderThanTheOplogFailsTheTable() throws Exception {
    try (Servers servers = Servers.withChangeStreams()) {
      BothSides.create(servers, List.of(Shape.S), 20);
      copyAndCutOver(servers);
      change(servers, Shape.S, new Random(1));
      servers.mongoServer.forgetChanges();
      Path back = servers.configuration(directory, "sync_mode = back", "retry.gone = 1s");
      try (RunningSync sync = RunningSync.start(back)) {
        assertEquals(1, sync.awaitExit(), sync::output);
        assertTrue(sync.output().contains("may no longer be in the oplog"), sync::output);
      }
    }
  }

  @Test
  void aLostPositionIsRepairedAlsoWhenItIsKilledMeanwhile() throws Exception {
    Random random = new Random(3);
    try (Servers servers = Servers.withChangeStreams()) {
      BothSides.create(servers, SHAPES, ITEMS);
      copyAndCutOver(servers);
      for (int i = 0; i < 200; i++) {
        change(servers, SHAPES.get(i % SHAPES.size()), random);
      }
      servers.mongoServer.forgetChanges();
      // Slow, so that it is killed in the middle.
      Path back =
          servers.configuration(
              directory,
              "sync_mode = back",
              "on_gap = resync",
              "retry.gone = 1s",
              "qps.full = 4",
              "qps.full.batch_num = 20");
      try (RunningSync sync = RunningSync.start(back)) {
        BothSides.awaitOutput(sync, "is made equal to its documents again");
        change(servers, Shape.S, random);
        sync.kill9();
      }
      try (RunningSync sync = RunningSync.start(back)) {
        for (int i = 0; i < 100; i++) {
          change(servers, SHAPES.get(i % SHAPES.size()), random);
        }
        BothSides.awaitEqual(servers, SHAPES, sync);
        assertEquals(0, sync.terminate(), sync::output);
      }
    }
  }

  /** DynamoDB refuses to read, to write and to delete an item of such a key. */
  @Test
  void documentsUnderKeysThatNoItemCanHaveComeAndGo() throws Exception {
    try (Servers servers = Servers.withChangeStreams()) {
      BothSides.create(servers, List.of(Shape.S, Shape.N), 20);
      copyAndCutOver(servers);
      Path back =
          servers.configuration(
              directory,
              "sync_mode = back",
              "on_poison = dead_letter",
              "dead_letter.file = " + directory.resolve("letters.jsonl"),
              "full_sync.http_port = " + FreePort.pick());
      Instant begun = Instant.now();
      try (RunningSync sync = RunningSync.start(back)) {
        List<BsonValue> strings = List.of(new BsonString(""), new BsonString("x".repeat(3_000)));
        List<BsonValue> numbers = List.of(new BsonDouble(1e300), new BsonDouble(Double.NaN));
        insertAndTakeBack(servers, Shape.S, strings);
        insertAndTakeBack(servers, Shape.N, numbers);
        for (Shape shape : List.of(Shape.S, Shape.N)) {
          servers
              .collection(shape.table)
              .updateOne(new BsonDocument(), Updates.set("changed", "after them"));
        }
        BothSides.awaitEqual(servers, List.of(Shape.S, Shape.N), sync);
        long before = letters();
        for (BsonValue key : strings) {
          servers.collection(Shape.S.table).insertOne(underKey(key));
        }
        servers.collection(Shape.N.table).insertOne(underKey(numbers.get(0)));
        await()
            .atMost(BothSides.LIMIT)
            .failFast(() -> assertTrue(sync.isAlive(), sync::output))
            .until(() -> letters() == before + 3);

        Checking check =
            Checking.run(
                back,
                new CheckOptions(
                    List.of(),
                    OptionalInt.of(1),
                    Optional.of(begun),
                    Optional.of(Duration.ofMillis(500)),
                    false,
                    false));
        assertTrue(
            check.result().tables().stream().allMatch(table -> table.failure().isEmpty()),
            check::text);
        // The sync that was asked has begun later, and remembers nothing from before.
        assertTrue(
            check.result().tables().stream()
                .allMatch(table -> table.changedSince().orElseThrow().isAfter(begun)),
            check::text);
        assertEquals(
            Map.of(Shape.S.table, 2L, Shape.N.table, 1L),
            check.findings().stream()
                .filter(f -> f.reason().orElse("").endsWith("cannot belong to any item"))
                .map(Finding::key)
                .distinct()
                .collect(
                    Collectors.groupingBy(
                        key -> key.contains("E+300") ? Shape.N.table : Shape.S.table,
                        Collectors.counting())),
            check::text);
        assertEquals(0, sync.terminate(), sync::output);
      }
    }
  }

  private long letters() throws IOException {
    Path file = directory.resolve("letters.jsonl");
    return Files.exists(file) ? Files.readAllLines(file).size() : 0;
  }

  private static void insertAndTakeBack(Servers servers, Shape shape, List<BsonValue> keys) {
    for (BsonValue key : keys) {
      servers.collection(shape.table).insertOne(underKey(key));
    }
    for (BsonValue key : keys) {
      servers.collection(shape.table).deleteOne(new BsonDocument("_id", key));
    }
  }

  /** With an array, so that the item that is there would have to be read. */
  private static BsonDocument underKey(BsonValue key) {
    return new BsonDocument("_id", key)
        .append(Servers.field("hash.key"), key)
        .append("array", new BsonArray(List.of(new BsonString("x"))));
  }

  /** MongoDB never had the one. It had the other: DynamoDB did not take what became of it. */
  @Test
  void onlyWhatWasRejectedOnItsWayToMongoDbIsLeftWhenTheTableIsMadeEqual() throws Exception {
    try (Servers servers = Servers.withChangeStreams()) {
      BothSides.create(servers, List.of(Shape.S_N), 20);
      copyAndCutOver(servers);
      Path letters = directory.resolve("letters.jsonl");
      int rejected = 3;
      int changed = 4;
      Files.writeString(
          letters,
          AfterCutOver.letter(Shape.S_N, rejected, "forward")
              + AfterCutOver.letter(Shape.S_N, changed, "back"));
      for (int gone : List.of(rejected, changed)) {
        servers.collection(Shape.S_N.table).deleteOne(Servers.filter(Shape.S_N, gone));
      }
      servers.mongoServer.forgetChanges();
      Path back =
          servers.configuration(
              directory,
              "sync_mode = back",
              "on_gap = resync",
              "on_poison = dead_letter",
              "dead_letter.file = " + letters,
              "retry.gone = 1s");
      try (RunningSync sync = RunningSync.start(back)) {
        await()
            .atMost(BothSides.LIMIT)
            .failFast(() -> assertTrue(sync.isAlive(), sync::output))
            .until(() -> !isInDynamo(servers, Shape.S_N, changed));
        await()
            .atMost(BothSides.LIMIT)
            .failFast(() -> assertTrue(isInDynamo(servers, Shape.S_N, rejected), sync::output))
            .until(() -> sync.output().contains("without a document are left in DynamoDB"));
        assertTrue(sync.output().contains("The first one: {\"hash.key\": {\"S\""), sync::output);
        assertEquals(0, sync.terminate(), sync::output);
      }
    }
  }

  private static boolean isInDynamo(Servers servers, Shape shape, int number) {
    return servers
        .dynamo
        .getItem(r -> r.tableName(shape.table).key(shape.key(number)).consistentRead(true))
        .hasItem();
  }

  @Test
  void withoutACutOverThereIsNoWayBack() throws Exception {
    try (Servers servers = Servers.withChangeStreams()) {
      BothSides.create(servers, List.of(Shape.S), 5);
      Path back = servers.configuration(directory, "sync_mode = back");
      try (RunningSync sync = RunningSync.start(back)) {
        assertTrue(sync.awaitExit() != 0, sync::output);
        assertTrue(sync.output().contains("nimo-shake cutover --way-back"), sync::output);
      }
    }
  }

  /** As the command does it: the sync is over, the position noted, the checkpoint says so. */
  private void copyAndCutOver(Servers servers) throws Exception {
    Path forward = servers.configuration(directory, "sync_mode = all");
    try (RunningSync sync = RunningSync.start(forward)) {
      BothSides.awaitCopied(servers, sync);
      assertEquals(0, sync.terminate(), sync::output);
    }
    String start = StreamStart.now(servers.mongoServer.uri(), Servers.ID);
    try (MongoCheckpointStore store =
        new MongoCheckpointStore(servers.mongoServer.uri(), Servers.ID + "-checkpoint")) {
      Optional<Lease> before = store.lease();
      Lease lease = new Lease(1_000, "test", "", 1, Instant.EPOCH, Instant.now().plusSeconds(60));
      assertTrue(store.replaceLease(before, Optional.of(lease)));
      store.save(
          lease.fence(),
          List.of(new OfDirection(Direction.CUT_OVER, Instant.now(), Optional.of(start))));
      assertTrue(store.replaceLease(Optional.of(lease), Optional.empty()));
    }
  }

  /** What an application may do: the content of one document moves to another, or is changed. */
  static void change(Servers servers, Shape shape, Random random) {
    var collection = servers.collection(shape.table);
    List<BsonDocument> some =
        collection.find().skip(random.nextInt(300)).limit(2).into(new ArrayList<>());
    if (some.size() < 2) {
      return;
    }
    BsonDocument one = some.get(0);
    BsonDocument other = some.get(1);
    switch (random.nextInt(4)) {
      case 0 -> collection.deleteOne(Filters.eq(one.get("_id")));
      case 1 ->
          collection.updateOne(
              Filters.eq(one.get("_id")), Updates.set("changed", random.nextInt(1_000)));
      case 2 -> {
        collection.deleteOne(Filters.eq(one.get("_id")));
        collection.insertOne(one);
      }
      default -> {
        BsonDocument mixed = other.clone();
        mixed.put("_id", one.get("_id"));
        shape.keyNames().stream()
            .map(Servers::field)
            .forEach(name -> mixed.put(name, value(one, name)));
        collection.replaceOne(Filters.eq(one.get("_id")), mixed, new ReplaceOptions().upsert(true));
      }
    }
  }

  private static BsonValue value(BsonDocument document, String name) {
    return document.get(name);
  }
}
