package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.ChildProgram;
import io.nimoshake.app.check.CheckOptions;
import io.nimoshake.app.check.CheckSetup;
import io.nimoshake.app.check.Finding;
import io.nimoshake.app.check.Sides;
import io.nimoshake.app.check.SyncBeside;
import io.nimoshake.app.replay.Replay;
import io.nimoshake.app.sync.SyncRun;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import io.nimoshake.mongodb.checkpoint.SyncStore;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.config.Configuration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The comparison after a cut-over: MongoDB is the truth, and DynamoDB is repaired. */
class CheckBackTest {
  private static final int ITEMS = 40;
  private static final CheckOptions REPAIR =
      new CheckOptions(List.of(), OptionalInt.empty(), Optional.empty(), true);
  private static final int CHANGED = 4;
  private static final int DELETED = 5;
  private static final int MOVED = 7;
  private static final int INSERTED = 1000;

  @TempDir Path directory;

  @Test
  void dynamoDbBecomesWhatMongoDbIs() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S_N), ITEMS);
      change(servers, "change", "key");
      change(servers, "change", "objectid");
      change(servers, "mchange", "objectid");
    }
  }

  @Test
  void nothingIsRepairedWhileTheSyncGoesOnAfterTheCutOver() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S_N), ITEMS);
      Path conf = servers.configuration(directory, "sync_mode = full");
      Configuration configuration = Configuration.load(Optional.of(conf), Map.of(), List.of());
      try (SyncRun run = SyncRun.start(configuration)) {
        assertTrue(run.done().get().isSuccess(), () -> run.done().join().toString());
      }
      // Another process, far away, that has just renewed its lease.
      cutOver(configuration, Direction.CUT_OVER, Instant.now().plusSeconds(600));
      StartUpException refused =
          assertThrows(StartUpException.class, () -> Checking.run(conf, REPAIR));
      assertTrue(refused.getMessage().contains("end that sync first"), refused::getMessage);
      Checking plain = Checking.run(conf, CheckOptions.ALL);
      assertTrue(plain.report().get(0).startsWith("MongoDB is the truth"), plain::text);
      cutOver(configuration, Direction.CUT_OVER, Instant.EPOCH);
      assertEquals(0, Checking.run(conf, REPAIR).result().exitCode());
    }
  }

  /** It was left out of the copy, so it is nowhere but in DynamoDB. */
  @Test
  void aRejectedItemIsNotDeletedUnlessItIsAskedFor() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S_N), ITEMS);
      Path letters = directory.resolve("letters.jsonl");
      Path conf =
          servers.configuration(
              directory,
              "sync_mode = full",
              "on_poison = dead_letter",
              "dead_letter.file = " + letters);
      copyAndCutOver(conf);
      servers.collection(Shape.S_N.table).deleteOne(filter(DELETED));
      servers.collection(Shape.S_N.table).deleteOne(filter(MOVED));
      Files.writeString(letters, letter(MOVED));
      Checking repaired = Checking.run(conf, REPAIR);
      assertEquals(List.of(key(MOVED)), extras(Checking.run(conf, CheckOptions.ALL)));
      assertTrue(repaired.text().contains("not deleted from DynamoDB: it was rejected"));
      CheckOptions all =
          new CheckOptions(
              List.of(), OptionalInt.empty(), Optional.empty(), Optional.empty(), true, true);
      Checking.run(conf, all);
      assertEquals(0, Checking.run(conf, CheckOptions.ALL).result().exitCode());
    }
  }

  /** DynamoDB refuses to read an item of such a key, and the comparison goes on. */
  @Test
  void aDocumentUnderAKeyThatDynamoDbDoesNotAllowIsExtra() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S, Shape.S_B), ITEMS);
      final Path conf = servers.configuration(directory, "sync_mode = full");
      copy(conf);
      writeUnderWrongKeys(servers);
      Checking found = Checking.run(conf, CheckOptions.ALL);
      assertWrongKeys(found);
      Checking sampled =
          Checking.run(
              conf, new CheckOptions(List.of(), OptionalInt.of(1_000), Optional.empty(), false));
      assertWrongKeys(sampled);
      Checking.run(conf, REPAIR);
      assertEquals(0, Checking.run(conf, CheckOptions.ALL).result().exitCode());

      cutOver(Configuration.load(Optional.of(conf), Map.of(), List.of()));
      writeUnderWrongKeys(servers);
      Checking repairing = Checking.run(conf, REPAIR);
      assertWrongKeys(repairing);
      assertTrue(
          repairing.findings().stream()
              .map(finding -> finding.repair().orElseThrow().what())
              .allMatch(
                  what ->
                      what.equals("not repaired: it is a document that cannot belong to any item")),
          repairing::text);
    }
  }

  /** An attribute of a secondary index has another type, so DynamoDB refuses to write the item. */
  @Test
  void anItemThatDynamoDbRefusesDoesNotEndTheRepair() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S), ITEMS);
      final Path conf = servers.configuration(directory, "sync_mode = full");
      copyAndCutOver(conf);
      for (int number = INSERTED; number < INSERTED + 4; number++) {
        BsonDocument key =
            new BsonDocument("_id", new org.bson.BsonString("key-" + number))
                .append(Servers.field("hash.key"), new org.bson.BsonString("key-" + number));
        servers
            .collection(Shape.S.table)
            .insertOne(number % 2 == 0 ? key : key.append("group", new org.bson.BsonInt32(7)));
      }
      Checking repairing = Checking.run(conf, REPAIR);
      assertTrue(
          repairing.result().tables().stream().allMatch(table -> table.failure().isEmpty()),
          repairing::text);
      assertEquals(4, repairing.findings().size(), repairing::text);
      for (Finding finding : repairing.findings()) {
        boolean refused = finding.key().contains("1001") || finding.key().contains("1003");
        String what = finding.repair().orElseThrow().what();
        assertTrue(
            refused
                ? what.startsWith("not repaired: DynamoDB refuses it: ValidationException")
                : what.equals("inserted into DynamoDB"),
            repairing::text);
      }
    }
  }

  @Test
  void aDeadLetterWhoseKeyNoItemCanHaveStaysInTheFile() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S), ITEMS);
      final Path conf = servers.configuration(directory, "sync_mode = full");
      copyAndCutOver(conf);
      servers.dynamo.deleteItem(r -> r.tableName(Shape.S.table).key(Shape.S.key(MOVED)));
      String wrong = "{\"table\":\"by_s\",\"key\":{\"hash.key\":{\"S\":\"\"}},\"item\":{}}";
      String right =
          "{\"table\":\"by_s\",\"key\":{\"hash.key\":{\"S\":\"key-%d\"}}}".formatted(MOVED);
      Path letters = Files.write(directory.resolve("letters.jsonl"), List.of(wrong, right));
      Configuration configuration = Configuration.load(Optional.of(conf), Map.of(), List.of());
      CheckSetup check = new CheckSetup(configuration);
      List<String> left = new java.util.ArrayList<>();
      try (Sides sides = check.open(CheckOptions.ALL);
          SyncBeside beside = check.beside()) {
        new Replay(
                sides,
                beside,
                new SyncSetup(configuration).tableFilter(),
                Clock.systemUTC(),
                left::add,
                settled -> {})
            .run(letters);
      }
      assertEquals(List.of(wrong), Files.readAllLines(letters));
      assertEquals(
          List.of(
              "table by_s: no item can have the key of the line:"
                  + " hash.key: DynamoDB does not allow an empty key"),
          left);
      assertEquals(0, Checking.run(conf, CheckOptions.ALL).result().exitCode());
    }
  }

  /** The condition of a write has a limit. */
  @Test
  void anItemOfManyAttributesIsReplaced() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S), 1);
      Map<String, AttributeValue> item = new HashMap<>(Shape.S.key(CHANGED));
      for (int i = 0; i < 250; i++) {
        item.put("attribute" + i, AttributeValue.fromN(Integer.toString(i)));
      }
      servers.dynamo.putItem(r -> r.tableName(Shape.S.table).item(item));
      final Path conf = servers.configuration(directory, "sync_mode = full");
      copyAndCutOver(conf);
      servers
          .collection(Shape.S.table)
          .updateOne(
              new BsonDocument("attribute7", new org.bson.BsonInt32(7)),
              com.mongodb.client.model.Updates.set("attribute7", "seven"));
      Checking repairing = Checking.run(conf, REPAIR);
      assertEquals(
          List.of("replaced in DynamoDB"),
          repairing.findings().stream().map(f -> f.repair().orElseThrow().what()).toList(),
          repairing::text);
    }
  }

  private static void writeUnderWrongKeys(Servers servers) {
    String hash = Servers.field("hash.key");
    for (String key : List.of("", "x".repeat(2_049))) {
      servers
          .collection(Shape.S.table)
          .insertOne(
              new BsonDocument("_id", new org.bson.BsonString(key))
                  .append(hash, new org.bson.BsonString(key)));
    }
    BsonDocument composite =
        new BsonDocument(hash, new org.bson.BsonString("x"))
            .append("range", new org.bson.BsonBinary(new byte[1_025]));
    servers
        .collection(Shape.S_B.table)
        .insertOne(new BsonDocument("_id", composite).append("a", new org.bson.BsonInt32(1)));
  }

  private static void assertWrongKeys(Checking found) {
    assertTrue(
        found.result().tables().stream().allMatch(table -> table.failure().isEmpty()), found::text);
    assertEquals(3, found.findings().size(), found::text);
    for (Finding finding : found.findings()) {
      assertEquals(Finding.Kind.EXTRA, finding.kind());
      assertEquals(
          Optional.of("a document that cannot belong to any item"), finding.reason(), found::text);
    }
  }

  /** Else the file has fewer letters than were accepted, and any item may be a rejected one. */
  @Test
  void aLetterThatWasReplayedAfterTheCutOverIsNotMissed() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S_N), ITEMS);
      Path letters = directory.resolve("letters.jsonl");
      Path conf =
          servers.configuration(
              directory,
              "sync_mode = full",
              "on_poison = dead_letter",
              "dead_letter.file = " + letters);
      copyAndCutOver(conf);
      Configuration configuration = Configuration.load(Optional.of(conf), Map.of(), List.of());
      try (SyncStore store = new SyncSetup(configuration).mongoCheckpoints()) {
        store.note("accepted_dead_letters", "3");
      }
      servers.collection(Shape.S_N.table).deleteOne(filter(MOVED));
      Files.writeString(letters, letter(CHANGED) + letter(CHANGED) + letter(MOVED));
      ChildProgram replay =
          ChildProgram.run(directory, Map.of(), "replay", "--conf", conf.toString());
      assertEquals(1, replay.exitCode(), replay.err() + replay.out());
      assertTrue(replay.out().contains(" 1 left in " + letters), replay.out());

      servers.collection(Shape.S_N.table).deleteOne(filter(DELETED));
      Checking.run(conf, REPAIR);
      assertEquals(List.of(key(MOVED)), extras(Checking.run(conf, CheckOptions.ALL)));
    }
  }

  private static String letter(int number) {
    return "{\"table\":\"%s\",\"key\":%s}\n"
        .formatted(
            Shape.S_N.table,
            io.nimoshake.dynamodb.client.AttributeJson.write(Shape.S_N.key(number)));
  }

  /** The page compares in a process that goes on. */
  @Test
  void whatWasOpenedIsClosedIfSomethingElseCannotBe() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S_N), 5);
      Path conf = servers.configuration(directory, "sync_mode = full");
      copyAndCutOver(conf);
      Configuration configuration = Configuration.load(Optional.of(conf), Map.of(), List.of());
      try (SyncStore store = new SyncSetup(configuration).mongoCheckpoints()) {
        store.note("accepted_dead_letters", "no number");
      }
      Set<Thread> before = clientThreads();
      StartUpException refused =
          assertThrows(StartUpException.class, () -> Checking.run(conf, CheckOptions.ALL));
      assertTrue(refused.getMessage().contains("no number"), refused::getMessage);
      await()
          .atMost(BothSides.LIMIT)
          .untilAsserted(
              () -> {
                Set<Thread> left = clientThreads();
                left.removeAll(before);
                assertEquals(Set.of(), left);
              });
    }
  }

  private static Set<Thread> clientThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("cluster-"))
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static List<String> extras(Checking checking) {
    return checking.findings().stream().map(finding -> keyOf(finding.key())).toList();
  }

  private static final String MAPPING =
      """
      version: 1
      tables:
        by_s_n:
          split:
            - when: {kind: {equals: special}}
              collection: special
              attributes:
                - drop: [kind, precise]
                - rename: {text: words}
            - otherwise: {collection: rest}
      """;

  @Test
  void aMappedTableIsRepairedThroughItsMapping() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S_N), ITEMS);
      Map<String, AttributeValue> special = new HashMap<>(item(CHANGED));
      special.put("kind", AttributeValue.fromS("special"));
      servers.dynamo.putItem(r -> r.tableName(Shape.S_N.table).item(special));
      Files.writeString(directory.resolve("m.yaml"), MAPPING);
      Path conf =
          servers.configuration(
              directory, "sync_mode = full", "mapping.file = " + directory.resolve("m.yaml"));
      copyAndCutOver(conf);
      final Map<String, Map<String, AttributeValue>> expected = items(servers);

      BsonDocument changed = servers.collection("special").find().first();
      changed.put("words", new org.bson.BsonString("new words"));
      changed.getArray("strings").add(new org.bson.BsonString("new"));
      servers.collection("special").replaceOne(id(CHANGED), changed);
      BsonDocument moved = servers.collection("rest").find(id(MOVED)).first();
      moved.remove("precise");
      moved.put("words", moved.remove("text"));
      servers.collection("special").insertOne(moved);
      servers.collection("rest").deleteOne(id(MOVED));
      servers.collection("rest").deleteOne(id(DELETED));

      Checking repairing = Checking.run(conf, REPAIR);
      assertEquals(3, repairing.findings().size(), repairing::text);
      assertTrue(
          repairing.findings().stream().allMatch(f -> f.repair().orElseThrow().done()),
          repairing::text);
      Checking again = Checking.run(conf, CheckOptions.ALL);
      assertEquals(0, again.result().exitCode(), again::text);

      expected.remove(key(DELETED));
      expected.get(key(CHANGED)).put("text", AttributeValue.fromS("new words"));
      expected.get(key(MOVED)).put("kind", AttributeValue.fromS("special"));
      Map<String, Map<String, AttributeValue>> found = items(servers);
      AttributeValue strings = found.get(key(CHANGED)).get("strings");
      assertTrue(strings.ss().contains("new"));
      expected.get(key(CHANGED)).put("strings", strings);
      assertEquals(expected, found);
    }
  }

  private static BsonDocument id(int number) {
    return new BsonDocument("_id", filter(number));
  }

  private static void copyAndCutOver(Path conf) throws Exception {
    copy(conf);
    cutOver(Configuration.load(Optional.of(conf), Map.of(), List.of()));
  }

  private static void copy(Path conf) throws Exception {
    Configuration configuration = Configuration.load(Optional.of(conf), Map.of(), List.of());
    try (SyncRun run = SyncRun.start(configuration)) {
      assertTrue(run.done().get().isSuccess(), () -> run.done().join().toString());
    }
  }

  private void change(Servers servers, String type, String id) throws Exception {
    String which = type + " " + id;
    servers.mongo.getDatabase(Servers.ID).drop();
    servers.mongo.getDatabase(Servers.ID + "-checkpoint").drop();
    servers.dynamo.putItem(r -> r.tableName(Shape.S_N.table).item(item(CHANGED)));
    servers.dynamo.putItem(r -> r.tableName(Shape.S_N.table).item(item(DELETED)));
    servers.dynamo.deleteItem(r -> r.tableName(Shape.S_N.table).key(Shape.S_N.key(INSERTED)));
    Path conf =
        servers.configuration(
            directory,
            "sync_mode = full",
            "convert.type = " + type,
            "target.mongodb.id = " + id,
            "back.date = epoch_seconds");
    copyAndCutOver(conf);
    Checking before = Checking.run(conf, CheckOptions.ALL);
    assertEquals(0, before.result().exitCode(), before::text);
    assertTrue(before.report().get(0).startsWith("MongoDB is the truth"), before::text);
    final Map<String, Map<String, AttributeValue>> untouched = items(servers);

    write(servers, id);
    Checking repairing = Checking.run(conf, REPAIR);
    assertEquals(
        Map.of(
            Finding.Kind.DIFFERENT,
            List.of(key(CHANGED)),
            Finding.Kind.EXTRA,
            List.of(key(DELETED)),
            Finding.Kind.MISSING,
            List.of(key(INSERTED))),
        repairing.findings().stream()
            .collect(
                Collectors.groupingBy(
                    Finding::kind, Collectors.mapping(f -> keyOf(f.key()), Collectors.toList()))),
        () -> which + repairing.text());
    assertTrue(
        repairing.findings().stream().allMatch(f -> f.repair().orElseThrow().done()),
        repairing::text);
    Checking again = Checking.run(conf, CheckOptions.ALL);
    assertEquals(0, again.result().exitCode(), () -> which + again.text());
    assertItems(servers, untouched, which);
  }

  private static void write(Servers servers, String id) {
    var documents = servers.collection(Shape.S_N.table);
    BsonDocument changed = documents.find(filter(CHANGED)).first();
    changed.getArray("strings").add(new org.bson.BsonString("new"));
    changed.put("when", new org.bson.BsonDateTime(1_700_000_000_500L));
    changed.put("half", new org.bson.BsonDouble(0.5));
    documents.replaceOne(filter(CHANGED), changed);
    documents.deleteOne(filter(DELETED));
    BsonDocument inserted = filter(INSERTED).append("tags", BsonDocument.parse("{a: ['x']}"));
    if (id.equals("key")) {
      inserted.put("_id", filter(INSERTED));
    }
    documents.insertOne(inserted);
  }

  private static void assertItems(
      Servers servers, Map<String, Map<String, AttributeValue>> untouched, String which) {
    Map<String, Map<String, AttributeValue>> expected = new TreeMap<>(untouched);
    expected.remove(key(DELETED));
    Map<String, AttributeValue> changed = new HashMap<>(expected.get(key(CHANGED)));
    changed.put("when", AttributeValue.fromN("1700000000.5"));
    changed.put("half", AttributeValue.fromN("0.5"));
    expected.put(key(CHANGED), changed);
    Map<String, AttributeValue> inserted = new HashMap<>(Shape.S_N.key(INSERTED));
    inserted.put(
        "tags",
        AttributeValue.fromM(
            Map.of("a", AttributeValue.fromL(List.of(AttributeValue.fromS("x"))))));
    expected.put(key(INSERTED), inserted);
    Map<String, Map<String, AttributeValue>> found = items(servers);
    assertTrue(found.get(key(CHANGED)).get("strings").ss().contains("new"), which);
    found.get(key(CHANGED)).put("strings", changed.get("strings"));
    assertEquals(expected, found, which);
  }

  /** What the command of that name does at its end. */
  private static void cutOver(Configuration configuration) throws Exception {
    cutOver(configuration, Direction.BACK, Instant.EPOCH);
  }

  private static void cutOver(Configuration configuration, Direction direction, Instant expires)
      throws Exception {
    try (CheckpointStore store = new SyncSetup(configuration).mongoCheckpoints()) {
      Optional<Lease> former = store.lease();
      Lease ours =
          new Lease(former.map(Lease::fence).orElse(0L) + 1, "test", 1, Instant.EPOCH, expires);
      assertTrue(store.replaceLease(former, Optional.of(ours)));
      store.save(
          ours.fence(),
          List.of(new CheckpointEntry.OfDirection(direction, Instant.EPOCH, Optional.empty())));
    }
  }

  private static Map<String, AttributeValue> item(int number) {
    return Shape.S_N.item(number, new Random(number));
  }

  /** The key fields of a document, as the conversion writes them; the numbers are whole. */
  private static BsonDocument filter(int number) {
    Map<String, AttributeValue> key = Shape.S_N.key(number);
    BsonDocument filter = new BsonDocument();
    Shape.S_N
        .keyNames()
        .forEach(
            name ->
                filter.put(
                    Servers.field(name),
                    key.get(name).n() == null
                        ? new org.bson.BsonString(key.get(name).s())
                        : new org.bson.BsonInt32(Integer.parseInt(key.get(name).n()))));
    return filter;
  }

  private static String key(int number) {
    return new TreeMap<>(Shape.S_N.key(number)).toString();
  }

  private static String keyOf(String json) {
    return new TreeMap<>(io.nimoshake.dynamodb.client.AttributeJson.read(json)).toString();
  }

  private static Map<String, Map<String, AttributeValue>> items(Servers servers) {
    Map<String, Map<String, AttributeValue>> items = new TreeMap<>();
    for (Map<String, AttributeValue> item :
        servers.dynamo.scanPaginator(r -> r.tableName(Shape.S_N.table).limit(100)).items()) {
      Map<String, AttributeValue> key = new TreeMap<>();
      Shape.S_N.keyNames().forEach(name -> key.put(name, item.get(name)));
      Map<String, AttributeValue> comparable = new HashMap<>(item);
      comparable.replaceAll(
          (name, value) ->
              value.hasSs()
                  ? AttributeValue.fromSs(value.ss().stream().sorted().toList())
                  : value.hasNs()
                      ? AttributeValue.fromNs(value.ns().stream().sorted().toList())
                      : value);
      items.put(key.toString(), comparable);
    }
    return items;
  }
}
