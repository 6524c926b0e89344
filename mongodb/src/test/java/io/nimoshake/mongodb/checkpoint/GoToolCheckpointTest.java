package io.nimoshake.mongodb.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfSync;
import io.nimoshake.mongodb.SharedMongo;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the Go tool reads of a checkpoint, and how one of the Go tool is taken over. */
class GoToolCheckpointTest extends MongoCheckpointFixture {
  @RegisterExtension static final SharedMongo MONGO = new SharedMongo();

  GoToolCheckpointTest() {
    super(MONGO);
  }

  @Test
  void shardsAndStatusHaveTheFieldsOfTheGoTool() throws Fault {
    try (MongoCheckpointStore store = held(1)) {
      store.save(1, List.of(PARENT, CHILD, new OfSync(true)));
      Document record =
          database.getCollection("orders").find(Filters.eq("ShardId", "child")).first();
      assertEquals("parent", record.getString("FatherId"));
      assertEquals("7", record.getString("SequenceNumber"));
      assertEquals("in processing", record.getString("Status"));
      assertEquals("AFTER_SEQUENCE_NUMBER", record.getString("IteratorType"));
      assertEquals("see sequence number", record.getString("ShardIt"));
      assertTrue(record.keySet().containsAll(List.of("WorkerId", "UpdateDate", "ApproximateTime")));
      assertEquals(
          "done",
          database
              .getCollection("orders")
              .find(Filters.eq("ShardId", "parent"))
              .first()
              .getString("Status"));
      assertEquals(
          "incr_sync",
          database
              .getCollection("status_table")
              .find(Filters.eq("Key", "status_key"))
              .first()
              .getString("StatusValue"));
    }
  }

  @Test
  void whatTheGoToolWroteIsFoundAndReplaced() throws Fault {
    writeAsTheGoTool();
    database.getCollection("users_own").insertOne(new Document("name", "x"));
    try (MongoCheckpointStore store = held(1)) {
      GoCheckpoint found = store.goCheckpoint().orElseThrow();
      assertTrue(found.copied());
      assertEquals(Set.of("orders"), found.tables().keySet());
      assertEquals("child", found.tables().get("orders").get(1).shardId());
      assertEquals("parent", found.tables().get("orders").get(1).fatherId());

      store.takeOver(1, List.of(PARENT, CHILD, new OfSync(true)));

      assertEquals(Optional.empty(), store.goCheckpoint());
      assertEquals(Set.of(PARENT, CHILD, new OfSync(true)), new HashSet<>(store.load()));
      assertEquals(2, database.getCollection("orders").countDocuments());
      assertEquals(1, database.getCollection("users_own").countDocuments());
      assertEquals(
          1,
          database.getCollection("status_table").countDocuments(Filters.eq("Key", "status_key")));
    }
  }

  @Test
  void documentsOfOthersAreNeverTouched() throws Fault {
    List<Document> others =
        List.of(
            new Document("_id", 1).append("Term", 0L),
            new Document("_id", "a").append("Term", 0.5),
            new Document("_id", "b").append("Term", 0L).append("Kind", "shard"),
            new Document("_id", "c").append("Term", 0L).append("Kind", 7),
            new Document("_id", "d")
                .append("Term", 0L)
                .append("Kind", "table")
                .append("Table", "x"),
            new Document("_id", "e").append("ShardId", "stock room"),
            new Document("_id", "f").append("Key", "status_key"));
    for (String collection : List.of("orders", "theirs", "status_table")) {
      database.getCollection(collection).insertMany(others);
    }
    try (MongoCheckpointStore store = held(1);
        MongoCheckpointStore next = open()) {
      store.takeOver(1, List.of(PARENT, CHILD, new OfSync(true)));
      next.replaceLease(Optional.of(lease(1)), Optional.of(lease(2)));
      next.save(2, List.of(new OfSync(false)));
      next.replaceLease(Optional.of(lease(2)), Optional.of(lease(3)));
      next.save(3, List.of(new OfSync(true)));
      assertEquals(Set.of(PARENT, CHILD, new OfSync(true)), new HashSet<>(next.load()));
      assertEquals(Optional.empty(), next.goCheckpoint());
    }
    for (String collection : List.of("orders", "theirs", "status_table")) {
      for (Document other : others) {
        assertEquals(
            other,
            database.getCollection(collection).find(Filters.eq("_id", other.get("_id"))).first());
      }
    }
  }

  @Test
  void untilOursCountsTheGoToolsIsAsItWas() throws Fault {
    writeAsTheGoTool();
    try (MongoCheckpointStore store = held(1)) {
      GoCheckpoint before = store.goCheckpoint().orElseThrow();
      // as if the process had died before the field was set
      store.save(1, List.of(PARENT, CHILD, new OfSync(false)));
      assertEquals(before, store.goCheckpoint().orElseThrow());
    }
  }

  @Test
  void whatIsLeftOfTheGoToolsDoesNotCountAndIsRemovedByTheNextHolder() throws Fault {
    writeAsTheGoTool();
    try (MongoCheckpointStore store = held(1);
        MongoCheckpointStore next = open()) {
      store.takeOver(1, List.of(PARENT, CHILD, new OfSync(true)));
      // as if the process had died before it removed anything
      writeAsTheGoTool();
      database
          .getCollection("status_table")
          .updateOne(Filters.eq("_id", "lease"), Updates.set("TakenOver", true));
      assertEquals(Optional.empty(), next.goCheckpoint());
      assertEquals(Set.of(PARENT, CHILD, new OfSync(true)), new HashSet<>(next.load()));
      next.replaceLease(Optional.of(lease(1)), Optional.of(lease(2)));
      next.save(2, List.of(new OfSync(true)));
      assertEquals(2, database.getCollection("orders").countDocuments());
      writeAsTheGoTool();
      assertTrue(next.goCheckpoint().isPresent());
    }
  }

  /** There and back: it went on from our records, changed one and added one. */
  @Test
  void whatTheGoToolMadeOfOursIsTakenOverToo() throws Fault {
    try (MongoCheckpointStore store = held(1)) {
      store.save(1, List.of(PARENT, CHILD, new OfSync(true)));
    }
    database
        .getCollection("orders")
        .updateOne(
            Filters.eq("ShardId", "child"),
            Updates.combine(
                Updates.set("SequenceNumber", "9"),
                Updates.set("IteratorType", "AT_SEQUENCE_NUMBER"),
                Updates.set("UpdateDate", "2026-11-23T03:02:03Z"),
                Updates.set("ApproximateTime", "2026-11-23 03:02:03 +0000 UTC")));
    try (MongoCheckpointStore store = open()) {
      assertEquals(Optional.empty(), store.goCheckpoint());
      OfSplit changed =
          store.load().stream()
              .filter(entry -> entry instanceof OfSplit split && split.split().id().equals("child"))
              .map(OfSplit.class::cast)
              .findFirst()
              .orElseThrow();
      assertEquals(new Position.At("9"), changed.position());
      assertEquals(Optional.of(Instant.parse("2026-11-23T03:02:03Z")), changed.recordTime());
      database
          .getCollection("orders")
          .insertOne(
              new Document("ShardId", "grandchild")
                  .append("FatherId", "child")
                  .append("Status", "prepare stage")
                  .append("IteratorType", "TRIM_HORIZON"));
      GoCheckpoint found = store.goCheckpoint().orElseThrow();
      assertTrue(found.copied());
      assertEquals(3, found.tables().get("orders").size());
    }
  }

  private void writeAsTheGoTool() {
    database
        .getCollection("status_table")
        .insertOne(new Document("Key", "status_key").append("StatusValue", "incr_sync"));
    database
        .getCollection("orders")
        .insertMany(
            List.of(
                new Document("ShardId", "parent").append("FatherId", "").append("Status", "done"),
                new Document("ShardId", "child")
                    .append("FatherId", "parent")
                    .append("SequenceNumber", "7")
                    .append("Status", "in processing")
                    .append("WorkerId", "unknown")
                    .append("IteratorType", "AT_SEQUENCE_NUMBER")
                    .append("ShardIt", "")
                    .append("UpdateDate", "2026-11-23T01:02:03Z")
                    .append("ApproximateTime", "2026-11-23 01:02:03 +0000 UTC")));
  }

  @Test
  void aSyncBegunByTheGoToolIsSaid() throws Fault {
    database
        .getCollection("status_table")
        .insertOne(new Document("Key", "status_key").append("StatusValue", "incr_sync"));
    database
        .getCollection("orders")
        .insertOne(new Document("ShardId", "s").append("Status", "in processing"));
    try (MongoCheckpointStore store = held(1)) {
      Fault fault = assertThrows(Fault.Fatal.class, store::load);
      assertTrue(fault.getMessage().contains("Go tool"), fault.getMessage());
    }
  }
}
