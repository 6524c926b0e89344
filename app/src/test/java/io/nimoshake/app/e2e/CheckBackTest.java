package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.check.CheckOptions;
import io.nimoshake.app.check.Finding;
import io.nimoshake.app.sync.SyncRun;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.mongodb.checkpoint.SyncStore;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.config.Configuration;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonString;
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
      Configuration configuration = AfterCutOver.load(conf);
      try (SyncRun run = SyncRun.start(configuration)) {
        assertTrue(run.done().get().isSuccess(), () -> run.done().join().toString());
      }
      // Another process, far away, that has just renewed its lease.
      AfterCutOver.cutOver(configuration, Direction.CUT_OVER, Instant.now().plusSeconds(600));
      StartUpException refused =
          assertThrows(StartUpException.class, () -> Checking.run(conf, REPAIR));
      assertTrue(refused.getMessage().contains("end that sync first"), refused::getMessage);
      Checking plain = Checking.run(conf, CheckOptions.ALL);
      assertTrue(plain.report().get(0).startsWith("MongoDB is the truth"), plain::text);
      AfterCutOver.cutOver(configuration, Direction.CUT_OVER, Instant.EPOCH);
      assertEquals(0, Checking.run(conf, REPAIR).result().exitCode());
    }
  }

  /** The page compares in a process that goes on. */
  @Test
  void whatWasOpenedIsClosedIfSomethingElseCannotBe() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S_N), 5);
      Path conf = servers.configuration(directory, "sync_mode = full");
      AfterCutOver.copyAndCutOver(conf);
      Configuration configuration = AfterCutOver.load(conf);
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
      AfterCutOver.copyAndCutOver(conf);
      final Map<String, Map<String, AttributeValue>> expected = items(servers);

      BsonDocument changed = servers.collection("special").find().first();
      changed.put("words", new BsonString("new words"));
      changed.getArray("strings").add(new BsonString("new"));
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
    AfterCutOver.copyAndCutOver(conf);
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
    changed.getArray("strings").add(new BsonString("new"));
    changed.put("when", new BsonDateTime(1_700_000_000_500L));
    changed.put("half", new BsonDouble(0.5));
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
                        ? new BsonString(key.get(name).s())
                        : new BsonInt32(Integer.parseInt(key.get(name).n()))));
    return filter;
  }

  private static String key(int number) {
    return new TreeMap<>(Shape.S_N.key(number)).toString();
  }

  private static String keyOf(String json) {
    return new TreeMap<>(AttributeJson.read(json)).toString();
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
