package io.nimoshake.mongodb.write;

import static io.nimoshake.testkit.fault.MongoFault.NO_REPLY;
import static io.nimoshake.testkit.fault.MongoFault.answer;
import static io.nimoshake.testkit.fault.MongoFault.code;
import static io.nimoshake.testkit.fault.MongoFault.edit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.mongodb.SharedMongo;
import io.nimoshake.testkit.fault.Injection;
import io.nimoshake.testkit.fault.MongoFaultProxy;
import io.nimoshake.testkit.memory.DocumentBytes;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Indexes that users made, and builds that take their time. */
class UserIndexesTest {
  @RegisterExtension static final SharedMongo MONGO = new SharedMongo();

  private static final TableSchema TABLE =
      new TableSchema(
          "people",
          new KeyAttribute("id", KeyAttribute.Type.S),
          Optional.empty(),
          List.of(
              new TableSchema.SecondaryIndex(
                  "by-city",
                  true,
                  new KeyAttribute("city", KeyAttribute.Type.S),
                  Optional.empty())),
          0,
          0);

  private final MongoDatabase database = MONGO.freshDatabase();
  private final MongoFaultProxy proxy = MONGO.faultProxy();

  @AfterEach
  void close() {
    proxy.close();
  }

  /** A strict server refuses a second index on the same fields under another name (85). */
  @Test
  void aNewCopyGetsTheIndexOfTheUserAndNoSecondOne() throws Fault {
    people().createIndex(Indexes.ascending("city"), new IndexOptions().name("cities"));
    try (MongoTarget target = target("")) {
      target.prepare(TABLE, Existing.BESIDE);
      target.finish(TABLE);
      target.finish(TABLE);
      target.swapIn(TABLE);
      assertEquals(Set.of("_id_", "cities"), names());
    }
  }

  @Test
  void anIndexIsCopiedWithAllItsOptions() throws Fault {
    String options =
        "sparse: true, hidden: true, expireAfterSeconds: 5, collation: {locale: 'en'},"
            + " partialFilterExpression: {x: 1}, weights: {t: 2}, wildcardProjection: {w: 1}";
    BsonDocument listed =
        BsonDocument.parse(
            "{v: 2, ns: 'db.people', name: 'theirs', key: {z: -1}, " + options + "}");
    proxy
        .fail("listIndexes")
        .collection(database.getName(), "people")
        .with(
            edit(
                "options",
                reply -> reply.getDocument("cursor").getArray("firstBatch").add(listed)));
    List<BsonValue> created = new CopyOnWriteArrayList<>();
    proxy
        .fail("createIndexes")
        .collection(database.getName(), "people~new")
        .where(
            command -> {
              created.addAll(command.document().getArray("indexes"));
              return true;
            })
        .with(answer("done", "{ok: 1}"));
    people().insertOne(new Document("_id", "a"));
    try (MongoTarget target = target("")) {
      target.prepare(TABLE, Existing.BESIDE);
      target.finish(TABLE);
    }
    assertTrue(
        created.contains(BsonDocument.parse("{name: 'theirs', key: {z: -1}, " + options + "}")),
        created::toString);
  }

  /** The server works on, and the same command waits for it. */
  @Test
  void aBuildThatTakesLongerThanAReadIsWaitedFor() throws Fault {
    try (MongoTarget target = target("/?socketTimeoutMS=3000")) {
      target.prepare(TABLE, Existing.DROP);
      Injection silent = proxy.fail("createIndexes").once().with(NO_REPLY);
      target.finish(TABLE);
      assertEquals(1, silent.count());
      assertEquals(Set.of("_id_", "city_1"), names());
    }
  }

  @Test
  void aBuildThatIsStillRunningIsToldAndTriedAgain() throws Fault {
    try (MongoTarget ready = target("")) {
      ready.prepare(TABLE, Existing.DROP);
    }
    proxy.fail("createIndexes").with(NO_REPLY);
    String hasty = proxy.uri() + "/?socketTimeoutMS=200";
    Fault fault;
    try (MongoClient client = MongoClients.create(hasty)) {
      IndexBuilds builds =
          new IndexBuilds(hasty, client.getDatabase(database.getName()), Duration.ofMillis(300));
      fault =
          assertThrows(
              Fault.Transient.class,
              () -> builds.build(people(), List.of(IndexSpec.ascending(List.of("city")))));
    }
    assertTrue(fault.getMessage().contains("still building indexes"), fault.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"dropIndexes, 12587", "createIndexes, 285", "dropIndexes, 12586"})
  void anotherBuildIsWaitedFor(String command, int code) throws Fault {
    try (MongoTarget target = target("")) {
      target.prepare(TABLE, Existing.DROP);
      proxy.fail(command).once().with(code(code, "BackgroundOperationInProgress"));
      Fault fault = assertThrows(Fault.Transient.class, () -> target.finish(TABLE));
      assertTrue(fault.getMessage().contains("has built an index"), fault.getMessage());
      target.finish(TABLE);
      assertEquals(Set.of("_id_", "city_1"), names());
    }
  }

  @Test
  void aSwapWaitsForABuild() throws Fault {
    people().insertOne(new Document("_id", "a"));
    try (MongoTarget target = target("")) {
      target.prepare(TABLE, Existing.BESIDE);
      proxy.fail("renameCollection").once().with(code(12587, "BackgroundOperationInProgress"));
      assertThrows(Fault.Transient.class, () -> target.swapIn(TABLE));
      target.swapIn(TABLE);
    }
  }

  @Test
  void anIndexThatAppearsMeanwhileIsAccepted() throws Fault {
    try (MongoTarget target = target("")) {
      target.prepare(TABLE, Existing.DROP);
      proxy
          .fail("createIndexes")
          .once()
          .where(
              command -> {
                people().createIndex(Indexes.ascending("city"), new IndexOptions().name("theirs"));
                return true;
              })
          .with(code(85, "IndexOptionsConflict"));
      target.finish(TABLE);
      assertEquals(Set.of("_id_", "theirs"), names());
    }
  }

  @Test
  void tombstonesWouldCollideOnAUniqueIndexOfTheUser() throws Fault {
    people().createIndex(Indexes.ascending("email"), new IndexOptions().unique(true));
    try (MongoTarget target = target("")) {
      assertFalse(target.prepare(TABLE, Existing.KEEP).fresh());
      people().drop();
      assertTrue(target.prepare(TABLE, Existing.KEEP).fresh());
    }
  }

  /** The server says that every collection has these options. */
  private void listCollectionsWith(String options) {
    listCollections("{options: " + options + "}");
  }

  private void listCollections(String facts) {
    proxy
        .fail("listCollections")
        .with(
            edit(
                "facts",
                reply ->
                    reply
                        .getDocument("cursor")
                        .getArray("firstBatch")
                        .forEach(
                            collection ->
                                collection.asDocument().putAll(BsonDocument.parse(facts)))));
  }

  @Test
  void aValidatorMayRefuseTombstones() throws Fault {
    database.createCollection("people");
    listCollectionsWith("{validator: {email: {$type: 2}}}");
    try (MongoTarget target = target("")) {
      assertFalse(target.prepare(TABLE, Existing.KEEP).fresh());
    }
  }

  @Test
  void aNewCopyKeepsTheValidator() throws Fault {
    people().insertOne(new Document("_id", "a"));
    String kept =
        "validator: {email: {$type: 2}}, validationLevel: 'moderate', validationAction: 'error'";
    listCollectionsWith("{capped: false, size: 4096, " + kept + "}");
    List<BsonDocument> created = new CopyOnWriteArrayList<>();
    proxy
        .fail("create")
        .where(
            command -> {
              created.add(command.document());
              return true;
            })
        .with(answer("done", "{ok: 1}"));
    try (MongoTarget target = target("")) {
      target.prepare(TABLE, Existing.BESIDE);
    }

    BsonDocument create = created.get(0);
    assertEquals("people~new", create.getString("create").getValue());
    BsonDocument.parse("{" + kept + "}")
        .forEach((option, value) -> assertEquals(value, create.get(option)));
    assertFalse(create.containsKey("capped") || create.containsKey("size"), create::toString);
  }

  /** Under such a collation "A" and "a" are one {@code _id}. A capped collection forgets. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          collation 'en' | {options: {collation: {locale: 'en', strength: 2}}}
          is capped      | {options: {capped: true, size: 4096}}
          a time series  | {type: 'timeseries', options: {timeseries: {timeField: 'at'}}}
          a view         | {type: 'view', options: {viewOn: 'people2', pipeline: []}}
          """)
  void aCollectionThatMayLoseItemsFailsTheTable(String why, String facts) throws Fault {
    people().insertOne(new Document("_id", "a"));
    database.getCollection("people~new").insertOne(new Document("_id", "a"));
    listCollections(facts);
    try (MongoTarget target = target("")) {
      for (Existing existing :
          List.of(Existing.KEEP, Existing.RESUME, Existing.BESIDE, Existing.RESUME_BESIDE)) {
        Fault fault = assertThrows(Fault.TableFailed.class, () -> target.prepare(TABLE, existing));
        assertTrue(fault.getMessage().contains(why), fault.getMessage());
      }
    }
    assertEquals(1, database.getCollection("people~new").countDocuments());
  }

  @Test
  void aCollectionWithTheSimpleCollationIsTaken() throws Fault {
    people().insertOne(new Document("_id", "a"));
    listCollectionsWith("{capped: false, collation: {locale: 'simple'}}");
    try (MongoTarget target = target("")) {
      target.prepare(TABLE, Existing.KEEP);
    }
  }

  /** As it did with the old one: the index refuses single items, not the whole new copy. */
  @Test
  void aNewCopyHasTheUniqueIndexFromItsBeginning() throws Fault {
    people().createIndex(Indexes.ascending("email"), new IndexOptions().unique(true));
    try (MongoTarget target = target("")) {
      assertFalse(target.prepare(TABLE, Existing.BESIDE).fresh());
      MongoCollection<Document> copy = database.getCollection("people~new");
      assertTrue(
          copy.listIndexes()
              .map(index -> index.getString("name"))
              .into(new HashSet<>())
              .contains("email_1"));
      target.finish(TABLE);
      target.swapIn(TABLE);
      assertEquals(Set.of("_id_", "city_1", "email_1"), names());
    }
  }

  @Test
  void aUniqueIndexThatCannotBeBuiltFailsTheTableByItsName() throws Fault {
    people().insertOne(new Document("_id", "a"));
    try (MongoTarget target = target("")) {
      target.prepare(TABLE, Existing.BESIDE);
      people().createIndex(Indexes.ascending("email"), new IndexOptions().unique(true));
      proxy
          .fail("createIndexes")
          .with(
              code(11000, "DuplicateKey")
                  .message(
                      "E11000 duplicate key error collection: db.people~new index: email_1 dup key:"
                          + " { email: \"x\" }"));

      Fault fault = assertThrows(Fault.TableFailed.class, () -> target.finish(TABLE));
      assertTrue(fault.getMessage().contains("index: email_1"), fault.getMessage());
    }
  }

  /** Amazon DocumentDB before 5.0 has no partial indexes, and later ones without {@code $type}. */
  @Test
  void theIndexOfTombstonesIsSparse() throws Fault {
    List<BsonDocument> created = new CopyOnWriteArrayList<>();
    proxy
        .fail("createIndexes")
        .where(
            command -> {
              created.add(command.document());
              return true;
            })
        .with(answer("done", "{ok: 1}"));
    try (MongoTarget target = target("")) {
      assertTrue(target.prepare(TABLE, Existing.KEEP).fresh());
    }
    BsonDocument index = created.get(0).getArray("indexes").get(0).asDocument();
    assertTrue(index.getBoolean("sparse").getValue(), index::toString);
    assertFalse(index.containsKey("partialFilterExpression"), index::toString);
  }

  @ParameterizedTest
  @CsvSource({"303, Feature not supported", "67, sparse indexes are not known", "86, another one"})
  void aServerThatRefusesTheIndexOfTombstonesDoesWithout(int code, String message) throws Fault {
    proxy.fail("createIndexes").with(code(code, "Refused").message(message));
    try (MongoTarget target = target("")) {
      assertTrue(target.prepare(TABLE, Existing.KEEP).fresh());
      proxy.heal();
      ItemKey key = new ItemKey(DocumentBytes.of(new Document("id", "a")));
      target.write(TABLE, List.of(new Change.Delete(key)), WriteMode.STREAM_WITH_TOMBSTONES);
      assertEquals(1, people().countDocuments());
      target.purgeTombstones(TABLE);
      assertEquals(0, people().countDocuments());
      target.finish(TABLE);
    }
  }

  private Set<String> names() {
    return people().listIndexes().map(index -> index.getString("name")).into(new HashSet<>());
  }

  private MongoCollection<Document> people() {
    return database.getCollection("people");
  }

  private MongoTarget target(String options) throws Fault {
    return new MongoTarget(
        new MongoTargetSettings(
            proxy.uri() + options,
            database.getName(),
            IdLayout.KEY,
            false,
            new FieldNames(true, "pre"),
            false,
            true),
        Clock.systemUTC());
  }
}
