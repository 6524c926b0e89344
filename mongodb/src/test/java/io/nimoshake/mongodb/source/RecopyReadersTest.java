package io.nimoshake.mongodb.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.testkit.server.MongoServer;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What makes a table equal to its documents again. */
class RecopyReadersTest {
  private final MongoServer server = MongoServer.startWithChangeStreams(256);
  private final MongoClient client = MongoClients.create(server.uri());
  private final MongoDatabase database = client.getDatabase(ReadChanges.DATABASE);
  private final List<Rejected> rejected = new ArrayList<>();

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  private void insert(String collection, Object id, int n) {
    database.getCollection(collection).insertOne(new Document("_id", id).append("n", n));
  }

  /** Reads to the end; each page with a new reader, as after a crash. */
  private List<String> all(ChangeStreamSource source, Split split) throws Fault {
    List<String> all = new ArrayList<>();
    Position position = Position.BEGINNING;
    while (!(position instanceof Position.End)) {
      try (SplitReader reader = source.open(split, position)) {
        ChangeBatch page = reader.read();
        page.changes().forEach(change -> all.add(ReadChanges.text(change)));
        rejected.addAll(page.rejected());
        position = page.position();
      }
    }
    return all;
  }

  @Test
  void allDocumentsOfAllCollectionsAreRead() throws Fault {
    insert("orders", "a", 1);
    insert("orders", "b", 2);
    insert("archive", "c", 3);
    try (ChangeStreamSource source =
        WayBackFixture.source(server.uri(), "orders", "empty", "archive")) {
      assertEquals(
          List.of("a={\"n\": 1} in orders", "b={\"n\": 2} in orders", "c={\"n\": 3} in archive"),
          all(source, new Split.Documents("orders")));
    }
  }

  @Test
  void aReaderGoesOnAfterTheLastDocumentWhateverItsType() throws Fault {
    List<Document> many =
        IntStream.range(0, 2_300)
            .mapToObj(i -> new Document("_id", "k%05d".formatted(i)).append("n", i))
            .toList();
    database.getCollection("orders").insertMany(many);
    insert("orders", 7, 0);
    insert("orders", new Date(), 0);
    try (ChangeStreamSource source = WayBackFixture.source(server.uri(), "orders")) {
      List<String> read = all(source, new Split.Documents("orders"));
      assertEquals(2_300, read.size());
      assertEquals("k00000={\"n\": 0} in orders", read.get(0));
      assertEquals("k02299={\"n\": 2299} in orders", read.get(2_299));
    }
    assertEquals(2, rejected.size());
    assertTrue(rejected.get(0).reason().contains("stands for no item"), rejected.toString());
  }

  @Test
  void documentsOfAnotherTableAreLeftOut() throws Fault {
    insert("both", "orders-1", 1);
    insert("both", "users-1", 2);
    try (ChangeStreamSource source = WayBackFixture.ofSharedCollection(server.uri(), "both")) {
      assertEquals(
          List.of("users-1={\"n\": 2} in both"), all(source, new Split.Documents("users")));
    }
    assertEquals(List.of(), rejected);
  }

  @Test
  void itemsWithoutADocumentAreDeleted() throws Fault {
    insert("orders", "a", 1);
    insert("archive", "c", 3);
    try (ChangeStreamSource source =
        WayBackFixture.withItems(
            server.uri(), () -> List.of("a", "b", "c", "d"), "orders", "archive")) {
      assertEquals(List.of("b gone", "d gone"), all(source, new Split.Leftovers("orders", 0, 2)));
      assertEquals(List.of(), all(source, new Split.Leftovers("orders", 1, 2)));
    }
  }

  /**
   * @param keys the ids of the rejected items
   * @param doubt why there may be others; empty if there are none
   */
  private record Rejects(List<String> keys, Optional<String> doubt) implements RejectedKeys {
    @Override
    public boolean contains(TableSchema table, ItemKey key) {
      assertEquals("orders", table.name());
      return keys.contains(PlainReverse.raw(key.encoded()).getString("id").getValue());
    }

    @Override
    public Optional<String> doubt(TableSchema table) {
      return doubt;
    }
  }

  /** MongoDB never had their documents, and DynamoDB is their only place. */
  @Test
  void rejectedItemsAreNotDeleted() throws Fault {
    insert("orders", "a", 1);
    RejectedKeys rejects = new Rejects(List.of("b"), Optional.empty());
    try (ChangeStreamSource source =
        WayBackFixture.withItems(server.uri(), () -> List.of("a", "b", "c"), rejects, "orders")) {
      assertEquals(List.of("c gone"), all(source, new Split.Leftovers("orders", 0, 1)));
    }
  }

  @Test
  void nothingIsDeletedIfNobodyKnowsWhichItemsAreRejected() throws Fault {
    insert("orders", "a", 1);
    RejectedKeys rejects = new Rejects(List.of("b"), Optional.of("the file does not exist"));
    try (ChangeStreamSource source =
        WayBackFixture.withItems(server.uri(), () -> List.of("a", "b", "c"), rejects, "orders")) {
      Fault fault =
          assertThrows(
              Fault.TableFailed.class, () -> all(source, new Split.Leftovers("orders", 0, 1)));
      assertTrue(fault.getMessage().contains("the file does not exist"), fault.getMessage());
      insert("orders", "c", 2);
      assertEquals(List.of(), all(source, new Split.Leftovers("orders", 0, 1)));
    }
  }

  @Test
  void nothingIsDeletedBecauseOfACollectionThatDoesNotExist() throws Fault {
    insert("archive", "c", 3);
    try (ChangeStreamSource source =
        WayBackFixture.withItems(server.uri(), () -> List.of("a", "c"), "orders", "archive")) {
      Fault fault =
          assertThrows(
              Fault.TableFailed.class, () -> all(source, new Split.Leftovers("orders", 0, 1)));
      assertTrue(fault.getMessage().contains("has no collection orders"), fault.getMessage());
      database.createCollection("orders");
      assertEquals(List.of("a gone"), all(source, new Split.Leftovers("orders", 0, 1)));
    }
  }
}
