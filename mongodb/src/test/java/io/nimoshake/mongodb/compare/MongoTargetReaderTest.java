package io.nimoshake.mongodb.compare;

import static io.nimoshake.testkit.fault.MongoFault.CUT_BEFORE;
import static io.nimoshake.testkit.fault.MongoFault.code;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.TargetReader.Listing;
import io.nimoshake.core.port.TargetReader.Stored;
import io.nimoshake.mongodb.SharedMongo;
import io.nimoshake.mongodb.write.IdLayout;
import io.nimoshake.mongodb.write.MongoTargetSettings;
import io.nimoshake.mongodb.write.TableLayout;
import io.nimoshake.testkit.fault.Injection;
import io.nimoshake.testkit.fault.MongoFault;
import io.nimoshake.testkit.fault.MongoFaultProxy;
import io.nimoshake.testkit.memory.DocumentBytes;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Comparing and repairing while the server fails, or refuses a document. */
class MongoTargetReaderTest {
  @RegisterExtension static final SharedMongo MONGO = new SharedMongo();

  private static final int DOCUMENTS = 12_000;
  private static final TableSchema TABLE =
      new TableSchema(
          "people", new KeyAttribute("id", KeyAttribute.Type.S), Optional.empty(), List.of(), 0, 0);

  private final MongoDatabase database = MONGO.freshDatabase();
  private final MongoFaultProxy proxy = MONGO.faultProxy();
  private MongoTargetReader reader;

  @BeforeEach
  void open() throws Fault {
    reader =
        new MongoTargetReader(
            new MongoTargetSettings(
                proxy.uri() + "/?serverSelectionTimeoutMS=3000&retryReads=false",
                database.getName(),
                IdLayout.KEY,
                false,
                new FieldNames(true, "pre"),
                false,
                true));
    reader.open(TABLE);
  }

  @AfterEach
  void close() {
    reader.close();
    proxy.close();
  }

  /** The key of a global index has up to four attributes of each kind. */
  @Test
  void theWholeKeyOfASecondaryIndexMustBeIndexed() throws Fault {
    KeyAttribute[] key = new KeyAttribute[8];
    for (int i = 0; i < key.length; i++) {
      key[i] = new KeyAttribute("a" + i, KeyAttribute.Type.S);
    }
    TableSchema table =
        new TableSchema(
            TABLE.name(),
            TABLE.hash(),
            Optional.empty(),
            List.of(
                new TableSchema.SecondaryIndex(
                    "by_all",
                    true,
                    List.of(key).subList(0, 4),
                    List.of(key).subList(4, 8),
                    TableSchema.Projection.ALL)),
            0,
            0);
    people().createIndex(Indexes.ascending("a0", "a1", "a2", "a3", "a4", "a5", "a6"));

    assertEquals(
        List.of("an index on [a0, a1, a2, a3, a4, a5, a6, a7]"),
        reader.schemaDifferences(table).stream().map(difference -> difference.expected()).toList());

    people().createIndex(Indexes.ascending("a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7"));
    assertEquals(List.of(), reader.schemaDifferences(table));
  }

  @Test
  void aListingContinuesAfterALostCursorAndARestart() throws Fault {
    people()
        .insertMany(
            IntStream.range(0, DOCUMENTS)
                .mapToObj(i -> new Document("_id", i % 2 == 0 ? "p" + i : i))
                .toList());
    Injection lost = proxy.fail("getMore").nth(1).with(code(43, "CursorNotFound"));
    Injection cut = proxy.fail("getMore").nth(2).with(CUT_BEFORE);
    Injection down = proxy.fail("find").nth(2).with(code(11600, "InterruptedAtShutdown"));
    List<Object> listed = new ArrayList<>();
    int failures = 0;
    try (Listing listing = reader.list(TABLE)) {
      for (boolean more = true; more; ) {
        try {
          List<Stored> some = listing.next();
          some.forEach(stored -> listed.add(idOf(stored)));
          more = !some.isEmpty();
        } catch (Fault.Transient e) {
          failures++;
          assertTrue(failures < 10, e.getMessage());
        }
      }
    }
    assertEquals(3, failures);
    assertEquals(3, lost.count() + cut.count() + down.count());
    assertEquals(DOCUMENTS, listed.size());
    assertEquals(DOCUMENTS, listed.stream().distinct().count());
  }

  @ParameterizedTest
  @CsvSource({
    "52, The dollar prefixed field is not allowed",
    "121, Document failed validation",
    "16766, hashed indexes do not currently support array values"
  })
  void aDocumentThatTheTargetRefusesIsOneRejectedItem(int code, String message) throws Fault {
    MongoTargetMender mender = new MongoTargetMender(reader);
    proxy.fail("insert").once().with(MongoFault.writeError(0, code, message));
    assertRefused(message, () -> mender.insertIfAbsent(TABLE, person("a", 1)));

    people().insertOne(new Document("_id", "b").append("id", "b"));
    Stored seen = fetch("b");
    proxy.fail("update").once().with(MongoFault.writeError(0, code, message));
    assertRefused(message, () -> mender.replaceIfSame(TABLE, seen, person("b", 1)));
    assertTrue(mender.replaceIfSame(TABLE, seen, person("b", 1)));
  }

  @Test
  void aDuplicateOnAnIndexOfTheUserIsRejectedAndOneOnTheKeyIsNot() throws Fault {
    MongoTargetMender mender = new MongoTargetMender(reader);
    people().createIndex(Indexes.ascending("v"), new IndexOptions().unique(true).name("v_1"));
    assertTrue(mender.insertIfAbsent(TABLE, person("a", 1)));
    assertFalse(mender.insertIfAbsent(TABLE, person("a", 2)));
    assertRefused("index: v_1", () -> mender.insertIfAbsent(TABLE, person("b", 1)));
    assertTrue(mender.insertIfAbsent(TABLE, person("b", 2)));
    Stored seen = fetch("b");
    assertRefused("index: v_1", () -> mender.replaceIfSame(TABLE, seen, person("b", 1)));
  }

  @Test
  void aTombstoneIsReplacedUnlessTheItemWasDeletedAgain() throws Fault {
    MongoTargetMender mender = new MongoTargetMender(reader);
    Document tombstone = new Document("_id", "a").append("id", "a");
    people().insertOne(tombstone.append(TableLayout.TOMBSTONE, new Date(1)));
    Stored seen = fetch("a");
    assertTrue(seen.tombstone());
    people().replaceOne(new Document(), tombstone.append(TableLayout.TOMBSTONE, new Date(2)));
    assertFalse(mender.replaceIfSame(TABLE, seen, person("a", 1)));
    assertTrue(mender.replaceIfSame(TABLE, fetch("a"), person("a", 1)));
    assertEquals(Document.parse("{_id: 'a', id: 'a', v: 1}"), people().find().first());
  }

  private interface Write {
    boolean run() throws Fault;
  }

  private static void assertRefused(String reason, Write write) {
    Fault.Poison poison = assertThrows(Fault.Poison.class, write::run);
    assertTrue(poison.item().reason().contains(reason), poison.item().reason());
    assertEquals("people", poison.item().table());
  }

  private Stored fetch(String id) throws Fault {
    List<Stored> found = new ArrayList<>();
    reader.fetch(TABLE, List.of(new ItemKey(DocumentBytes.of(new Document("id", id)))), found::add);
    assertEquals(1, found.size());
    return found.get(0);
  }

  private static Object idOf(Stored stored) {
    return new RawBsonDocument(stored.id().copy()).get("_id");
  }

  private MongoCollection<Document> people() {
    return database.getCollection("people");
  }

  private static Change.Upsert person(String id, int value) {
    return new Change.Upsert(
        new ItemKey(DocumentBytes.of(new Document("id", id))),
        DocumentBytes.of(new Document("id", id).append("v", value)));
  }
}
