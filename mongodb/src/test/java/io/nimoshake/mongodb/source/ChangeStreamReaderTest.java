package io.nimoshake.mongodb.source;

import static java.time.temporal.ChronoUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.testkit.server.MongoServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server: mongo-java-server, whose change streams {@code MongoChangeLog} makes. */
class ChangeStreamReaderTest {
  private static MongoServer server;
  private ReadChanges changes;
  private MongoCollection<Document> orders;
  private MongoCollection<Document> archive;

  @BeforeAll
  static void startServer() {
    server = MongoServer.startWithChangeStreams(256);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void open() throws Fault {
    String start = StreamStart.now(server.uri(), ReadChanges.DATABASE);
    changes = new ReadChanges(server.uri(), Position.after(start), "orders", "archive");
    orders = changes.client.getDatabase(ReadChanges.DATABASE).getCollection("orders");
    archive = changes.client.getDatabase(ReadChanges.DATABASE).getCollection("archive");
  }

  @AfterEach
  void close() {
    changes.client.getDatabase(ReadChanges.DATABASE).drop();
    changes.close();
  }

  @Test
  void bringsInsertsUpdatesReplacementsAndDeletes() throws Fault {
    orders.insertOne(order("a", 1));
    orders.insertOne(order("b", 1));
    assertEquals(List.of("a={\"n\": 1} in orders", "b={\"n\": 1} in orders"), changes.all());
    orders.updateOne(Filters.eq("a"), Updates.set("n", 2));
    orders.deleteOne(Filters.eq("b"));
    assertEquals(List.of("a={\"n\": 2} in orders", "b gone"), changes.all());
    orders.replaceOne(Filters.eq("a"), order("a", 3));
    assertEquals(List.of("a={\"n\": 3} in orders"), changes.all());
  }

  /** Its token moves on although nothing happens, and never beyond a change that was not told. */
  @Test
  void anIdleStreamSaysHowFarItWasRead() throws Fault {
    orders.insertOne(order("a", 1));
    Instant made = changes.read().newestRecord().orElseThrow();
    await()
        .atMost(Duration.ofMinutes(5))
        .until(() -> changes.read().begun().filter(to -> to.isAfter(made)).isPresent());
    orders.insertOne(order("b", 1));
    ChangeBatch page = changes.read();
    assertEquals(1, page.changes().size());
    Instant next = page.newestRecord().orElseThrow();
    assertFalse(changes.read().begun().orElseThrow().isBefore(next.truncatedTo(SECONDS)));
  }

  @Test
  void theLastChangeOfAPageWins() throws Fault {
    orders.insertOne(order("a", 1));
    orders.deleteOne(Filters.eq("a"));
    orders.insertOne(order("a", 2));
    ChangeBatch page = changes.read();
    assertEquals(
        List.of("a={\"n\": 2} in orders"), page.changes().stream().map(ReadChanges::text).toList());
    assertEquals(3, page.itemsRead());
    assertEquals(2, page.coalesced());
  }

  @Test
  void goesOnAfterTheLastPage() throws Fault {
    for (int i = 0; i < 2_500; i++) {
      orders.insertOne(order("k" + i, i));
    }
    assertEquals(1_000, changes.read().changes().size());
    changes.restart();
    assertEquals(
        "k1000={\"n\": 1000} in orders", ReadChanges.text(changes.read().changes().get(0)));
    assertEquals(500, changes.all().size());
    changes.restart();
    assertEquals(List.of(), changes.all());
  }

  @Test
  void otherCollectionsAreLeftAlone() throws Fault {
    changes.client.getDatabase("other").getCollection("orders").insertOne(order("a", 1));
    changes.client.getDatabase(ReadChanges.DATABASE).getCollection("b").insertOne(order("a", 1));
    assertEquals(List.of(), changes.all());
  }

  @Test
  void aDocumentThatIsMovedIsNotDeleted() throws Fault {
    orders.insertOne(order("a", 1));
    changes.all();
    archive.insertOne(order("a", 2));
    orders.deleteOne(Filters.eq("a"));
    assertEquals(List.of("a={\"n\": 2} in archive"), changes.all());
    archive.deleteOne(Filters.eq("a"));
    assertEquals(List.of("a gone"), changes.all());
  }

  @Test
  void aDocumentThatIsMovedTheOtherWayRoundIsNotDeletedEither() throws Fault {
    archive.insertOne(order("a", 1));
    changes.all();
    archive.deleteOne(Filters.eq("a"));
    orders.insertOne(order("a", 2));
    changes.all();
    orders.deleteOne(Filters.eq("a"));
    archive.insertOne(order("a", 3));
    assertEquals("a={\"n\": 3} in archive", changes.all().get(0));
  }

  @Test
  void anUpdateOfADocumentThatIsGoneIsItsDelete() throws Fault {
    orders.insertOne(order("a", 1));
    changes.all();
    orders.updateOne(Filters.eq("a"), Updates.set("n", 2));
    orders.deleteOne(Filters.eq("a"));
    assertEquals(List.of("a gone"), changes.all());
  }

  @Test
  void aDocumentOfNoItemIsRejected() throws Fault {
    orders.insertOne(new Document("_id", 7).append("n", 1));
    orders.insertOne(order("a", 1));
    orders.deleteOne(Filters.eq("_id", 7));
    ChangeBatch page = changes.read();
    assertEquals(1, page.changes().size());
    assertEquals(1, page.rejected().size());
    assertEquals(
        "the document {\"_id\": 7} of collection orders stands for no item of the table: its _id is"
            + " not that of an item",
        page.rejected().get(0).reason());
    assertTrue(page.rejected().get(0).item().contains("\"n\""));
  }

  @Test
  void aDocumentOfAnotherTableIsNotRejected() throws Fault {
    try (ReadChanges shared =
        new ReadChanges(
            server.uri(), changes.position, false, place -> true, "orders", "archive")) {
      orders.insertOne(new Document("_id", 7));
      ChangeBatch page = shared.read();
      assertEquals(List.of(), page.rejected());
      assertEquals(1, page.skipped());
    }
  }

  /** Whichever of them is opened first. */
  @Test
  void tablesThatShareACollectionLeaveEachOtherAlone() throws Fault {
    orders.insertOne(order("orders1", 1));
    orders.insertOne(order("users1", 1));
    orders.insertOne(order("nobody", 1));
    try (ChangeStreamSource source = WayBackFixture.ofSharedCollection(server.uri(), "orders");
        SplitReader reader = source.open(new Split.ChangeStream("users"), changes.position)) {
      ChangeBatch page = reader.read();
      assertEquals("users1", text(page).get(0).split("=")[0]);
      assertEquals(1, page.changes().size());
      assertEquals(1, page.skipped());
      assertEquals(1, page.rejected().size());
    }
  }

  private static List<String> text(ChangeBatch page) {
    return page.changes().stream().map(ReadChanges::text).toList();
  }

  @Test
  void tombstonesAreNoItems() throws Fault {
    orders.insertOne(order("a", 1).append("__nimo_deleted", new java.util.Date()));
    ChangeBatch page = changes.read();
    assertEquals(List.of(), page.changes());
    assertEquals(1, page.skipped());
  }

  @Test
  void aDroppedCollectionIsAGapAfterWhatCameBefore() throws Fault {
    orders.insertOne(order("a", 1));
    orders.drop();
    assertEquals(1, changes.read().changes().size());
    for (int i = 0; i < 2; i++) {
      Fault.Gap gap = assertThrows(Fault.Gap.class, changes::read);
      assertTrue(gap.what().contains("collection orders of MongoDB was dropped"), gap.what());
      assertTrue(gap.lostFrom().isPresent());
      changes.restart();
    }
  }

  @Test
  void aRenamedCollectionIsAGap() {
    archive.insertOne(order("a", 1));
    archive.renameCollection(new com.mongodb.MongoNamespace(ReadChanges.DATABASE, "old"));
    Fault.Gap gap =
        assertThrows(
            Fault.Gap.class,
            () -> {
              changes.read();
              changes.read();
            });
    assertTrue(gap.what().contains("archive of MongoDB was renamed to old"), gap.what());
  }

  @Test
  void aCollectionThatTakesThePlaceOfOursIsAGap() {
    MongoCollection<Document> fresh =
        changes.client.getDatabase(ReadChanges.DATABASE).getCollection("fresh");
    fresh.insertOne(order("z", 1));
    fresh.renameCollection(new com.mongodb.MongoNamespace(ReadChanges.DATABASE, "archive"));
    Fault.Gap gap = assertThrows(Fault.Gap.class, changes::read);
    assertTrue(gap.what().contains("fresh of MongoDB was renamed to archive"), gap.what());
  }

  @Test
  void aPositionOlderThanTheOplogMayBeGone() {
    orders.insertOne(order("a", 1));
    server.forgetChanges();
    Fault.StreamGone gone = assertThrows(Fault.StreamGone.class, changes::read);
    assertTrue(gone.getMessage().contains("may no longer be in the oplog"), gone.getMessage());
  }

  @Test
  void aPositionThatIsNoneIsRefused() {
    changes.position = Position.BEGINNING;
    changes.restart();
    assertThrows(Fault.TableFailed.class, changes::read);
    changes.position = Position.after("49590");
    changes.restart();
    assertThrows(Fault.TableFailed.class, changes::read);
  }

  private static Document order(String id, int n) {
    return new Document("_id", id).append("n", n);
  }
}
