package io.nimoshake.mongodb.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.mongodb.SharedMongo;
import io.nimoshake.testkit.memory.DocumentBytes;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is particular to MongoDB: layouts, unique indexes of others, names. */
class MongoTargetTest {
  @RegisterExtension static final SharedMongo MONGO = new SharedMongo();

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-23T01:02:03Z"), ZoneOffset.UTC);
  private static final KeyAttribute ID = new KeyAttribute("id", KeyAttribute.Type.S);
  private static final KeyAttribute AT = new KeyAttribute("at", KeyAttribute.Type.N);
  private static final TableSchema SINGLE = table("single", ID, Optional.empty());
  private static final TableSchema PAIR = table("pair", ID, Optional.of(AT));

  private final MongoDatabase database = MONGO.freshDatabase();

  @Test
  void theKeyBecomesTheId() throws Fault {
    try (MongoTarget target = target(IdLayout.KEY, false)) {
      target.prepare(SINGLE, Existing.DROP);
      target.prepare(PAIR, Existing.DROP);
      target.write(SINGLE, List.of(upsert(new Document("id", "a"), "v", 1)), WriteMode.STREAM);
      Document key = new Document("id", "a").append("at", 5);
      target.write(PAIR, List.of(upsert(key, "v", 2)), WriteMode.COPY_IF_ABSENT);
      target.write(
          PAIR, List.of(new Change.Delete(key(key("b", 6)))), WriteMode.STREAM_WITH_TOMBSTONES);
      assertEquals(Document.parse("{_id: 'a', id: 'a', v: 1}"), collection(SINGLE).find().first());
      assertEquals(
          List.of(
              "{\"_id\": {\"id\": \"a\", \"at\": 5}, \"id\": \"a\", \"at\": 5, \"v\": 2}",
              "{\"_id\": {\"id\": \"b\", \"at\": 6}, \"id\": \"b\", \"at\": 6,"
                  + " \"__nimo_deleted\": {\"$date\": \"2026-11-23T01:02:03Z\"}}"),
          collection(PAIR).find().map(Document::toJson).into(new java.util.ArrayList<>()));
    }
  }

  @Test
  void aGeneratedIdStaysWhenTheItemIsReplaced() throws Fault {
    try (MongoTarget target = target(IdLayout.OBJECTID, false)) {
      target.prepare(SINGLE, Existing.DROP);
      Document key = new Document("id", "a");
      target.write(SINGLE, List.of(upsert(key, "v", 1)), WriteMode.COPY_IF_ABSENT);
      Object id = collection(SINGLE).find().first().get("_id");
      assertInstanceOf(ObjectId.class, id);
      target.write(SINGLE, List.of(new Change.Delete(key(key))), WriteMode.STREAM_WITH_TOMBSTONES);
      target.write(SINGLE, List.of(upsert(key, "v", 2)), WriteMode.STREAM_WITH_TOMBSTONES);
      assertEquals(
          new Document("_id", id).append("id", "a").append("v", 2),
          collection(SINGLE).find().first());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"KEEP", "RESUME"})
  void theLayoutOfTheGoToolIsFoundAndKept(Existing existing) throws Fault {
    collection(PAIR).createIndex(Indexes.ascending("id", "at"), new IndexOptions().unique(true));
    collection(PAIR).createIndex(Indexes.ascending("id"));
    ObjectId id = new ObjectId();
    collection(PAIR).insertOne(new Document("_id", id).append("id", "a").append("at", 5));
    try (MongoTarget target = target(IdLayout.KEY, false)) {
      assertFalse(target.prepare(PAIR, existing).fresh());
      target.write(
          PAIR,
          List.of(upsert(key("a", 5), "v", 1), upsert(key("b", 6), "v", 2)),
          WriteMode.STREAM);
      assertEquals(2, collection(PAIR).countDocuments());
      Document replaced = collection(PAIR).find(new Document("id", "a")).first();
      assertEquals(id, replaced.get("_id"));
      assertEquals(1, replaced.get("v"));
      Document added = collection(PAIR).find(new Document("id", "b")).first();
      assertInstanceOf(ObjectId.class, added.get("_id"));
    }
  }

  /** Somebody dropped the index, or restored the collection without indexes. */
  @ParameterizedTest
  @EnumSource(names = {"KEEP", "RESUME"})
  void theLayoutOfTheGoToolIsFoundWithoutItsIndex(Existing existing) throws Fault {
    collection(PAIR).insertOne(new Document("id", "a").append("at", 5));
    try (MongoTarget target = target(IdLayout.KEY, false)) {
      target.prepare(PAIR, existing);
      target.write(PAIR, List.of(upsert(key("a", 5), "v", 1)), WriteMode.STREAM);
      assertEquals(1, collection(PAIR).countDocuments());
      assertEquals(1, collection(PAIR).find().first().get("v"));
      target.write(PAIR, List.of(new Change.Delete(key(key("a", 5)))), WriteMode.STREAM);
      assertEquals(0, collection(PAIR).countDocuments());
    }
    assertEquals(
        Set.of("_id_", "id_1_at_1"),
        collection(PAIR).listIndexes().map(i -> i.getString("name")).into(new HashSet<>()));
  }

  @Test
  void typedValuesAreFoundWithoutTheIndexOfTheGoTool() throws Fault {
    Document typed = new Document("id", new Document("S", "a"));
    collection(SINGLE).insertOne(new Document(typed));
    try (MongoTarget target = target(IdLayout.KEY, true)) {
      target.prepare(SINGLE, Existing.RESUME);
      target.write(SINGLE, List.of(upsert(typed, "v", 1)), WriteMode.STREAM);
      assertEquals(1, collection(SINGLE).countDocuments());
    }
  }

  @Test
  void anItemThatIsThereTwiceUnderGeneratedIdsFailsTheTable() throws Fault {
    collection(SINGLE).insertOne(new Document("id", "a"));
    collection(SINGLE).insertOne(new Document("id", "a"));
    try (MongoTarget target = target(IdLayout.KEY, false)) {
      Fault fault =
          assertThrows(Fault.TableFailed.class, () -> target.prepare(SINGLE, Existing.RESUME));
      assertTrue(fault.getMessage().contains("id_1"), fault.getMessage());
    }
  }

  /** Documents of others are first, one of them with the field of the key. */
  @ParameterizedTest
  @EnumSource(names = {"KEEP", "RESUME"})
  void documentsOfOthersDoNotChangeTheLayout(Existing existing) throws Fault {
    collection(SINGLE).insertOne(new Document("id", "other"));
    collection(SINGLE).insertOne(new Document("_id", "a").append("id", "a"));
    collection(PAIR).insertOne(new Document("id", "other"));
    try (MongoTarget target = target(IdLayout.KEY, false)) {
      target.prepare(SINGLE, existing);
      target.write(SINGLE, List.of(upsert(new Document("id", "a"), "v", 1)), WriteMode.STREAM);
      target.prepare(PAIR, existing);
      target.write(PAIR, List.of(upsert(key("a", 5), "v", 1)), WriteMode.STREAM);
    }
    assertEquals(2, collection(SINGLE).countDocuments());
    assertEquals(2, collection(PAIR).countDocuments());
    assertEquals(1, collection(PAIR).countDocuments(Document.parse("{_id: {id: 'a', at: 5}}")));
  }

  @Test
  void theLayoutOfTheGoToolIsFoundWithTypedValues() throws Fault {
    collection(SINGLE).createIndex(Indexes.ascending("id.S"), new IndexOptions().unique(true));
    Document typed = new Document("id", new Document("S", "a"));
    collection(SINGLE).insertOne(new Document(typed));
    try (MongoTarget target = target(IdLayout.KEY, true)) {
      target.prepare(SINGLE, Existing.RESUME);
      target.write(SINGLE, List.of(upsert(typed, "v", 1)), WriteMode.STREAM);
      assertEquals(1, collection(SINGLE).countDocuments());
      assertEquals(1, collection(SINGLE).find().first().get("v"));
      target.write(SINGLE, List.of(new Change.Delete(key(typed))), WriteMode.STREAM);
      assertEquals(0, collection(SINGLE).countDocuments());
    }
  }

  @Test
  void typedValuesAreFoundByTheFieldThatIsIndexed() {
    TableLayout layout =
        new TableLayout(IdLayout.OBJECTID, true, "index", List.of("id.S", "at.N"), true);
    ItemKey key = key(Document.parse("{id: {S: 'a'}, at: {N: '5'}}"));
    assertEquals(BsonDocument.parse("{'id.S': 'a', 'at.N': '5'}"), layout.filter(key));
  }

  /** The process ended when the new copy had the unique index of the user and no document. */
  @Test
  void anEmptyCopyBesideThatIsResumedHasTheLayoutOfTheOldOne() throws Fault {
    Document key = new Document("id", "a");
    try (MongoTarget target = target(IdLayout.KEY, false)) {
      target.prepare(SINGLE, Existing.KEEP);
      target.write(SINGLE, List.of(upsert(key, "v", 1)), WriteMode.STREAM);
      collection(SINGLE)
          .createIndex(Indexes.ascending("id"), new IndexOptions().unique(true).name("theirs"));
      target.prepare(SINGLE, Existing.BESIDE);
    }
    try (MongoTarget target = target(IdLayout.KEY, false)) {
      target.prepare(SINGLE, Existing.RESUME_BESIDE);
      target.write(SINGLE, List.of(upsert(key, "v", 2)), WriteMode.STREAM);
      target.swapIn(SINGLE);
    }
    assertEquals("a", collection(SINGLE).find().first().get("_id"));
  }

  @Test
  void aCopyBesideHasTheLayoutAndTheIndexesOfTheOldOne() throws Fault {
    collection(SINGLE)
        .createIndex(Indexes.ascending("id"), new IndexOptions().unique(true).name("theirs"));
    collection(SINGLE).createIndex(Indexes.descending("mail"), new IndexOptions().name("mails"));
    try (MongoTarget target = target(IdLayout.KEY, false)) {
      target.prepare(SINGLE, Existing.BESIDE);
      target.write(SINGLE, List.of(upsert(new Document("id", "a"), "v", 1)), WriteMode.STREAM);
      target.finish(SINGLE);
      target.swapIn(SINGLE);
      assertInstanceOf(ObjectId.class, collection(SINGLE).find().first().get("_id"));
      assertEquals(
          Set.of("_id_", "theirs", "mails"),
          collection(SINGLE).listIndexes().map(i -> i.getString("name")).into(new HashSet<>()));
    }
  }

  @Test
  void ourOwnLayoutIsFoundThoughTheSettingChanged() throws Fault {
    try (MongoTarget target = target(IdLayout.KEY, false)) {
      target.prepare(SINGLE, Existing.DROP);
      target.write(
          SINGLE, List.of(upsert(new Document("id", "a"), "v", 1)), WriteMode.COPY_REPLACE);
    }
    try (MongoTarget target = target(IdLayout.OBJECTID, false)) {
      target.prepare(SINGLE, Existing.RESUME);
      target.write(SINGLE, List.of(upsert(new Document("id", "b"), "v", 2)), WriteMode.STREAM);
      assertEquals(
          Document.parse("{_id: 'b', id: 'b', v: 2}"),
          collection(SINGLE).find(new Document("id", "b")).first());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aDuplicateUnderAnIndexOfTheUserIsRejected(WriteMode mode) throws Fault {
    try (MongoTarget target = target(IdLayout.KEY, false)) {
      target.prepare(SINGLE, Existing.DROP);
      collection(SINGLE).createIndex(Indexes.ascending("mail"), new IndexOptions().unique(true));
      Change first = upsert(new Document("id", "a"), "mail", "x@y.z");
      Change other = upsert(new Document("id", "b"), "mail", "other");
      Change same = upsert(new Document("id", "c"), "mail", "x@y.z");
      assertEquals(List.of(), target.write(SINGLE, List.of(first), mode));
      List<Rejected> rejected = target.write(SINGLE, List.of(same, other), mode);
      assertEquals(1, rejected.size());
      assertEquals("{\"id\": {\"S\": \"c\"}}", rejected.get(0).key());
      assertTrue(rejected.get(0).item().contains("x@y.z"));
      assertEquals(2, collection(SINGLE).countDocuments());
    }
  }

  @Test
  void anItemMayHoldABooleanNamedLikeATombstone() throws Fault {
    try (MongoTarget target = target(IdLayout.KEY, false)) {
      target.prepare(SINGLE, Existing.DROP);
      target.write(
          SINGLE,
          List.of(upsert(new Document("id", "a"), TableLayout.TOMBSTONE, true)),
          WriteMode.STREAM_WITH_TOMBSTONES);
      target.purgeTombstones(SINGLE);
      assertEquals(1, collection(SINGLE).countDocuments());
    }
  }

  @Test
  void resumingOntoNothingFailsTheTable() throws Fault {
    try (MongoTarget target = target(IdLayout.KEY, false)) {
      Fault fault =
          assertThrows(Fault.TableFailed.class, () -> target.prepare(SINGLE, Existing.RESUME));
      assertTrue(fault.getMessage().contains(".single does not exist"), fault.getMessage());
    }
  }

  @Test
  void renamingSaysWhenAndNeverOverwrites() throws Fault {
    try (MongoTarget target = target(IdLayout.KEY, false)) {
      for (int i = 0; i < 3; i++) {
        target.prepare(SINGLE, Existing.RENAME);
        target.write(
            SINGLE, List.of(upsert(new Document("id", "a"), "v", i)), WriteMode.COPY_REPLACE);
      }
      String first = "single.20261123T010203Z";
      for (String name : List.of(first, first + ".2", "single")) {
        assertEquals(1, database.getCollection(name).countDocuments(), name);
      }
    }
  }

  @Test
  void namesThatCannotBeFoundByFailTheTable() throws Fault {
    KeyAttribute odd = new KeyAttribute("a.b", KeyAttribute.Type.S);
    try (MongoTarget target =
        new MongoTarget(
            new MongoTargetSettings(
                MONGO.uri(),
                database.getName(),
                IdLayout.OBJECTID,
                false,
                new FieldNames(false, "pre"),
                false,
                true),
            CLOCK)) {
      assertThrows(
          Fault.TableFailed.class,
          () -> target.prepare(table("odd", odd, Optional.empty()), Existing.DROP));
      assertThrows(
          Fault.TableFailed.class,
          () -> target.prepare(table("system.users", ID, Optional.empty()), Existing.DROP));
      assertThrows(
          Fault.TableFailed.class,
          () -> target.prepare(table("x".repeat(255), ID, Optional.empty()), Existing.DROP));
    }
  }

  @Test
  void shardingNeedsAShardedServer() throws Fault {
    try (MongoTarget target =
        new MongoTarget(
            new MongoTargetSettings(
                MONGO.uri(),
                database.getName(),
                IdLayout.KEY,
                true,
                new FieldNames(true, "pre"),
                false,
                true),
            CLOCK)) {
      for (Fault fault :
          List.of(
              assertThrows(Fault.Fatal.class, () -> target.check(java.time.Duration.ofSeconds(10))),
              assertThrows(Fault.Fatal.class, () -> target.prepare(SINGLE, Existing.DROP)))) {
        assertTrue(fault.getMessage().contains("is not sharded"), fault.getMessage());
        assertFalse(fault.getMessage().contains("\n"));
      }
    }
  }

  private MongoTarget target(IdLayout layout, boolean raw) throws Fault {
    return new MongoTarget(
        new MongoTargetSettings(
            MONGO.uri(), database.getName(), layout, false, new FieldNames(true, "pre"), raw, true),
        CLOCK);
  }

  private MongoCollection<Document> collection(TableSchema table) {
    return database.getCollection(table.name());
  }

  private static TableSchema table(String name, KeyAttribute hash, Optional<KeyAttribute> range) {
    return new TableSchema(name, hash, range, List.of(), 0, 0);
  }

  private static Document key(String id, int at) {
    return new Document("id", id).append("at", at);
  }

  private static ItemKey key(Document key) {
    return new ItemKey(DocumentBytes.of(key));
  }

  private static Change upsert(Document key, String name, Object value) {
    return new Change.Upsert(key(key), DocumentBytes.of(new Document(key).append(name, value)));
  }
}
