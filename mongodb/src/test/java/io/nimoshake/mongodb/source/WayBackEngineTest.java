package io.nimoshake.mongodb.source;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.ReplaceOptions;
import io.nimoshake.core.engine.SyncEngine;
import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.engine.ThreadScheduler;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.testkit.memory.MemoryStore;
import io.nimoshake.testkit.server.MongoServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The engine on the way back: a real server, and a target and a checkpoint in memory. */
class WayBackEngineTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  private final MongoServer server = MongoServer.startWithChangeStreams(256);
  private final MongoClient client = MongoClients.create(server.uri());
  private final MongoDatabase database = client.getDatabase(ReadChanges.DATABASE);
  private final MemoryItems items = new MemoryItems();
  private final MemoryStore checkpoint = new MemoryStore();
  private Life life;

  /** One process: it ends in order, or it crashes and leaves everything as it is. */
  private final class Life {
    final MemoryItems.Connection target = items.connect();
    final ThreadScheduler scheduler = new ThreadScheduler(8);
    final ChangeStreamSource source;
    final SyncEngine engine;

    Life() throws Fault {
      source = WayBackFixture.source(server.uri(), "orders", "archive");
      engine =
          new SyncEngine(
              WayBackFixture.back(SyncOptions.defaults()),
              source,
              target,
              checkpoint,
              DeadLetters.FAIL,
              checkpoint.leaseOfNewProcess(scheduler),
              scheduler,
              table -> TableLimits.none());
      engine.start();
    }

    void crash() {
      target.cut();
      scheduler.close();
      source.close();
    }
  }

  @BeforeEach
  void cutOver() throws Fault {
    String start = StreamStart.now(server.uri(), ReadChanges.DATABASE);
    checkpoint.put(
        WayBackFixture.copied("orders"),
        new OfDirection(Direction.CUT_OVER, Instant.now(), Optional.of(start)));
  }

  @AfterEach
  void close() {
    if (life != null) {
      life.crash();
    }
    client.close();
    server.close();
  }

  @Test
  void everyChangeArrivesWhateverCrashes() throws Fault {
    Random random = new Random(7);
    for (int crash = 0; crash < 6; crash++) {
      // Counted before the changes: a quick machine has written them all when the last is made.
      int before = items.writes();
      life = new Life();
      for (int i = 0; i < 150; i++) {
        change(random);
      }
      // Somewhere in the middle: nothing is waited for but the first writes.
      await().atMost(LONG).until(() -> items.writes() > before);
      life.crash();
    }
    life = new Life();
    await().atMost(LONG).untilAsserted(() -> assertEquals(expected(), items.all()));
    assertTrue(
        checkpoint.load().stream()
            .anyMatch(
                entry -> entry instanceof OfDirection live && live.direction() == Direction.BACK));
  }

  private void change(Random random) {
    String id = "k" + random.nextInt(40);
    MongoCollection<Document> here =
        database.getCollection(random.nextBoolean() ? "orders" : "archive");
    MongoCollection<Document> there =
        database.getCollection(
            here.getNamespace().getCollectionName().equals("orders") ? "archive" : "orders");
    Document document = new Document("_id", id).append("n", random.nextInt());
    switch (random.nextInt(4)) {
      case 0 -> {
        here.deleteOne(Filters.eq(id));
        there.deleteOne(Filters.eq(id));
      }
      case 1 -> {
        // moved, the delete first
        there.deleteOne(Filters.eq(id));
        here.replaceOne(Filters.eq(id), document, new ReplaceOptions().upsert(true));
      }
      default -> {
        here.replaceOne(Filters.eq(id), document, new ReplaceOptions().upsert(true));
        there.deleteOne(Filters.eq(id));
      }
    }
  }

  private Map<String, String> expected() {
    Map<String, String> all = new TreeMap<>();
    for (String collection : List.of("orders", "archive")) {
      for (Document document : database.getCollection(collection).find()) {
        all.put(document.getString("_id"), document.getInteger("n") + " in " + collection);
      }
    }
    return all;
  }

  @Test
  void aDroppedCollectionFailsTheTableWhenEverythingBeforeItHasArrived() throws Fault {
    life = new Life();
    database.getCollection("orders").insertOne(new Document("_id", "a").append("n", 1));
    database.getCollection("orders").insertOne(new Document("_id", "b").append("n", 1));
    database.getCollection("archive").insertOne(new Document("_id", "c").append("n", 1));
    database.getCollection("archive").drop();
    await().atMost(LONG).until(() -> life.engine.done().isDone());
    assertTrue(
        life.engine.view().tables().get(0).plan().failure().orElseThrow() instanceof Fault.Gap);
    assertEquals(List.of("a", "b", "c"), List.copyOf(items.all().keySet()));
  }
}
