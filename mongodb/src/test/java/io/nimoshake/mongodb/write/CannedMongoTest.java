package io.nimoshake.mongodb.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.DeleteOneModel;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.InsertOneModel;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.WriteModel;
import io.nimoshake.testkit.canned.CannedMongo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The testkit's canned MongoDB as the driver sees it. */
class CannedMongoTest {
  private final Set<String> listened = ConcurrentHashMap.newKeySet();
  private final CannedMongo server =
      CannedMongo.start(
          (bytes, offset, length) ->
              listened.add(new RawBsonDocument(bytes, offset, length).toJson()));
  private final MongoClient client = MongoClients.create(server.uri());
  private final MongoDatabase database = client.getDatabase("db");

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void countsEveryDocumentOfEveryWrite() throws InterruptedException {
    MongoCollection<Document> collection = database.getCollection("t");
    List<WriteModel<Document>> writes = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      writes.add(new InsertOneModel<>(new Document("_id", "i" + i).append("n", i)));
      writes.add(
          new ReplaceOneModel<>(
              Filters.eq("r" + i), new Document("n", i), new ReplaceOptions().upsert(true)));
      writes.add(new DeleteOneModel<>(Filters.eq("d" + i)));
    }
    collection.bulkWrite(writes, new BulkWriteOptions().ordered(false));
    assertTrue(server.awaitWritten(6_000, Duration.ofSeconds(1)));
    assertFalse(server.awaitWritten(6_001, Duration.ZERO));
    assertEquals(6_000, server.written("db", "t"));
    assertEquals(6_000, collection.countDocuments());
    assertEquals(6_000, listened.size());
    assertTrue(listened.contains("{\"_id\": \"i7\", \"n\": 7}"));
    assertTrue(server.firstWriteNanos().isPresent());
  }

  @Test
  void countsLargeMessages() {
    MongoCollection<Document> collection = database.getCollection("t");
    String text = "x".repeat(1_000_000);
    collection.insertMany(
        IntStream.range(0, 60).mapToObj(i -> new Document("_id", i).append("text", text)).toList());
    assertEquals(60, server.written());
    assertTrue(server.writtenBytes() > 60_000_000L);
  }

  @Test
  void doesNotCountADeleteOfWhateverMatches() {
    database.getCollection("t").deleteMany(Filters.eq("a", 1));
    assertEquals(0, server.written());
  }

  @Test
  void collectionsAreThereAndEmpty() {
    MongoCollection<Document> collection = database.getCollection("t");
    database.createCollection("made");
    collection.insertOne(new Document("_id", 1));
    assertEquals(Set.of("made", "t"), database.listCollectionNames().into(new HashSet<>()));
    assertNull(collection.find().first());
    assertEquals("_id_", collection.listIndexes().first().getString("name"));
    collection.drop();
    assertEquals(List.of("made"), database.listCollectionNames().into(new ArrayList<>()));
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    MongoCommandException e =
        assertThrows(
            MongoCommandException.class,
            () -> database.runCommand(new Document("findAndModify", "t")));
    assertEquals(59, e.getErrorCode());
  }
}
