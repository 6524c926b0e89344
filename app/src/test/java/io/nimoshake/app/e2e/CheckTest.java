package io.nimoshake.app.e2e;

import static io.nimoshake.testkit.fault.MongoFault.code;
import static io.nimoshake.testkit.fault.MongoFault.writeError;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.check.CheckOptions;
import io.nimoshake.app.check.Finding;
import io.nimoshake.app.check.TableResult;
import io.nimoshake.app.sync.SyncRun;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.NamePattern;
import io.nimoshake.testkit.fault.HttpFault;
import io.nimoshake.testkit.fault.HttpFaultProxy;
import io.nimoshake.testkit.fault.MongoFaultProxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.bson.BsonDocument;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The comparison against real servers, after a copy. */
class CheckTest {
  private static final int ITEMS = 150;
  private static final CheckOptions REPAIR =
      new CheckOptions(List.of(), OptionalInt.empty(), Optional.empty(), true);

  @TempDir Path directory;

  /** In every table shape, conversion and layout: exactly what was planted, and then nothing. */
  @Test
  void findsAndMendsWhatWasPlantedAndNothingElse() throws Exception {
    try (Servers servers = Servers.shared()) {
      List<Shape> shapes = List.of(Shape.values());
      BothSides.create(servers, shapes, 40);
      plantAndMend(servers, shapes, ConvertType.CHANGE, "key");
      plantAndMend(servers, shapes, ConvertType.CHANGE, "objectid");
      plantAndMend(servers, shapes, ConvertType.MCHANGE, "objectid");
      plantAndMend(servers, shapes, ConvertType.RAW, "key");
      plantAndMend(servers, shapes, ConvertType.RAW, "objectid");
    }
  }

  private void plantAndMend(Servers servers, List<Shape> shapes, ConvertType type, String id)
      throws Exception {
    String which = type + " " + id;
    List<Planting> plantings =
        shapes.stream().map(shape -> new Planting(servers, shape, type)).toList();
    plantings.forEach(Planting::prepareSource);
    servers.mongo.getDatabase(Servers.ID).drop();
    servers.mongo.getDatabase(Servers.ID + "-checkpoint").drop();
    Path conf = copy(servers, type, id);
    Checking before = Checking.run(conf, CheckOptions.ALL);
    assertEquals(Set.of(), before.summary(), which);
    assertEquals(0, before.result().exitCode(), before::text);

    Set<String> expected = new TreeSet<>();
    plantings.forEach(planting -> expected.addAll(planting.plant()));
    Checking repairing = Checking.run(conf, REPAIR);
    assertEquals(expected, repairing.summary(), which);
    assertEquals(1, repairing.result().exitCode(), repairing::text);
    assertTrue(
        repairing.findings().stream().allMatch(f -> f.repair().orElseThrow().done()),
        repairing::text);

    Checking again = Checking.run(conf, CheckOptions.ALL);
    assertEquals(Set.of(), again.summary(), which);
    assertEquals(0, again.result().exitCode(), again::text);
  }

  private Path copy(Servers servers, ConvertType type, String id) throws Exception {
    Path conf =
        servers.configuration(
            directory,
            "sync_mode = full",
            "convert.type = " + type.name().toLowerCase(Locale.ROOT),
            "target.mongodb.id = " + id);
    try (SyncRun run = SyncRun.start(Configuration.load(Optional.of(conf), Map.of(), List.of()))) {
      assertTrue(run.done().get().isSuccess(), () -> run.done().join().toString());
    }
    return conf;
  }

  @Test
  void countsTablesAndComparesIndexesAndSamples() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S, Shape.N), ITEMS);
      Path conf = copy(servers, ConvertType.CHANGE, "objectid");
      servers.mongo.getDatabase(Servers.ID).getCollection("orders~new").insertOne(new Document());
      servers.mongo.getDatabase(Servers.ID).getCollection("of_others").insertOne(new Document());
      servers.collection(Shape.S.table).dropIndex("group_1");

      Checking whole = Checking.run(conf, CheckOptions.ALL);
      for (TableResult table : whole.result().tables()) {
        assertEquals(ITEMS, table.items());
        assertEquals(ITEMS, table.documents());
        assertEquals(0, table.differences());
        // not asked of the other table: mongo-java-server damages its index of the same name
        if (table.table().equals(Shape.S.table)) {
          assertEquals(1, table.schema().size());
        }
      }
      assertEquals(1, whole.result().exitCode());
      assertTrue(whole.result().notes().get(0).endsWith(": of_others"), whole::text);

      servers.collection(Shape.N.table).deleteMany(new BsonDocument());
      servers.dynamo.deleteItem(r -> r.tableName(Shape.S.table).key(Shape.S.key(3)));
      Checking sampled =
          Checking.run(
              conf, new CheckOptions(List.of(), OptionalInt.of(20), Optional.empty(), false));
      for (TableResult table : sampled.result().tables()) {
        assertEquals(20, table.items());
        assertEquals(table.table().equals(Shape.N.table) ? 20 : 0, table.missing());
      }
      Checking most =
          Checking.run(
              conf,
              new CheckOptions(
                  List.of(new NamePattern(Shape.S.table)),
                  OptionalInt.of(ITEMS * 2),
                  Optional.empty(),
                  false));
      assertEquals(
          List.of(Finding.Kind.EXTRA), most.findings().stream().map(Finding::kind).toList());
    }
  }

  /** Nothing keeps two documents of one key apart where the unique index is gone. */
  @Test
  void findsASecondDocumentOfOneKeyAndATableThatIsGone() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S_N), ITEMS);
      Path conf = copy(servers, ConvertType.CHANGE, "objectid");
      var collection = servers.collection(Shape.S_N.table);
      servers.indexNames(Shape.S_N).stream()
          .filter(name -> name.startsWith("hash"))
          .forEach(collection::dropIndex);
      BsonDocument twice = collection.find().first();
      twice.remove("_id");
      collection.insertOne(twice);
      Checking found = Checking.run(conf, REPAIR);
      assertEquals(1, found.findings().size(), found::text);
      assertEquals(Finding.Kind.EXTRA, found.findings().get(0).kind());
      assertEquals("deleted", found.findings().get(0).repair().orElseThrow().what());
      assertEquals(ITEMS, collection.countDocuments());
      assertEquals(1, found.result().tables().get(0).schema().size(), found::text);

      collection.drop();
      Checking gone = Checking.run(conf, CheckOptions.ALL);
      assertEquals(ITEMS, gone.result().tables().get(0).missing(), gone::text);
      assertEquals("table", gone.result().tables().get(0).schema().get(0).what());
    }
  }

  /** A lost cursor is read again; a document that the target refuses is one finding. */
  @Test
  void aFailingTargetAndARefusedDocumentDoNotEndTheComparison() throws Exception {
    try (Servers servers = Servers.shared();
        MongoFaultProxy target = MongoFaultProxy.to("127.0.0.1", servers.mongoServer.port())) {
      BothSides.create(servers, List.of(Shape.S), ITEMS);
      copy(servers, ConvertType.CHANGE, "key");
      servers.collection(Shape.S.table).find().limit(3).into(new ArrayList<>()).stream()
          .map(document -> new BsonDocument("_id", document.get("_id")))
          .forEach(servers.collection(Shape.S.table)::deleteOne);
      Path conf =
          servers.configuration(
              directory, servers.dynamoServer.endpoint(), target.uri(), "sync_mode = full");
      target
          .fail("find")
          .collection(Servers.ID, Shape.S.table)
          .times(4)
          .with(code(43, "CursorNotFound"), code(11600, "InterruptedAtShutdown"));
      target.fail("insert").once().with(writeError(0, 121, "Document failed validation"));

      Checking repairing = Checking.run(conf, REPAIR);

      assertEquals(3, repairing.findings().size(), repairing::text);
      List<String> repairs =
          repairing.findings().stream().map(f -> f.repair().orElseThrow().what()).sorted().toList();
      assertEquals(
          List.of(
              "inserted",
              "inserted",
              "not repaired: the target refuses it: Document failed validation"),
          repairs);
      assertEquals(1, repairing.result().exitCode(), repairing::text);
      assertEquals(ITEMS - 1, servers.collection(Shape.S.table).countDocuments());
    }
  }

  /** Items that are missing because they are still to come are no differences. */
  @Test
  void aTableThatIsBeingCopiedIsNotCompared() throws Exception {
    try (Servers servers = Servers.shared();
        HttpFaultProxy source = HttpFaultProxy.to(servers.dynamoServer.endpoint())) {
      BothSides.create(servers, List.of(Shape.S), ITEMS);
      source.always("Scan", HttpFault.THROTTLING);
      Path conf =
          servers.configuration(
              directory,
              source.endpoint(),
              servers.mongoServer.uri(),
              "sync_mode = full",
              "source.session.max_retries = 0");
      try (SyncRun run =
          SyncRun.start(Configuration.load(Optional.of(conf), Map.of(), List.of()))) {
        await().atMost(BothSides.LIMIT).until(() -> !source.injected().isEmpty());

        Checking during = Checking.run(conf, CheckOptions.ALL);
        assertEquals(3, during.result().exitCode(), during::text);
        String why = during.result().tables().get(0).failure().orElseThrow();
        assertTrue(why.contains("the sync is still copying this table"), why);
        assertEquals(List.of(), during.findings());

        run.stop();
        run.done().get();
      }
      source.heal();
      Checking after = Checking.run(conf, CheckOptions.ALL);
      assertEquals(ITEMS, after.result().tables().get(0).missing(), after::text);
      assertTrue(
          after.text().contains("the sync was stopped before this table was copied"), after::text);
    }
  }
}
