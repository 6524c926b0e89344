package io.nimoshake.mongodb.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import io.nimoshake.core.checkpoint.Checkpoint;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfSync;
import io.nimoshake.core.port.CheckpointEntry.SplitForgotten;
import io.nimoshake.core.port.Lease;
import io.nimoshake.mongodb.SharedMongo;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a crash or a process that wakes too late leaves in the database, and the Go tool's form. */
class MongoCheckpointStoreTest {
  @RegisterExtension static final SharedMongo MONGO = new SharedMongo();

  private static final Instant NOW = Instant.parse("2026-11-23T01:02:03Z");
  private static final OfSplit PARENT = shard("parent", Position.END, Set.of());
  private static final OfSplit CHILD = shard("child", Position.after("7"), Set.of("parent"));

  private final MongoDatabase database = MONGO.freshDatabase();

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
  void aNoteNeedsNoLeaseAndIsNoEntry() throws Fault {
    try (MongoCheckpointStore store = held(1);
        MongoCheckpointStore other = new MongoCheckpointStore(MONGO.uri(), database.getName())) {
      store.save(1, List.of(new OfSync(true)));
      other.note("check:a.b$", "{\"x\": 1}");
      other.note("check:a.b$", "{\"x\": 2}");
      assertEquals(Map.of("check:a.b$", "{\"x\": 2}"), store.notes());
      assertEquals(List.of(new OfSync(true)), store.load());
      assertEquals(Optional.empty(), store.goCheckpoint());
    }
  }

  @Test
  void aSaveCountsOnceItsJournalIsStoredAndTheNextHolderFinishesIt() throws Fault {
    try (MongoCheckpointStore store = held(1);
        MongoCheckpointStore next = new MongoCheckpointStore(MONGO.uri(), database.getName())) {
      store.save(1, List.of(PARENT, CHILD));
      // as if the process had died between the journal and the records
      database.getCollection("orders").deleteMany(new Document());
      assertEquals(Set.of(PARENT, CHILD), new HashSet<>(next.load()));
      next.replaceLease(Optional.of(lease(1)), Optional.of(lease(2)));
      next.save(2, List.of(new OfSync(true)));
      assertEquals(Set.of(PARENT, CHILD, new OfSync(true)), new HashSet<>(next.load()));
    }
  }

  @Test
  void aSaveThatFailedHalfwayIsFinishedByTheNextOne() throws Fault {
    OfSplit other =
        new OfSplit(
            new Split.StreamShard("z", "arn", "s", Set.of(), Optional.empty(), NOW),
            Position.after("1"),
            Optional.empty(),
            NOW);
    try (MongoCheckpointStore store = held(1)) {
      store.save(1, List.of(PARENT, other));
      database.getCollection("z").updateMany(new Document(), Updates.set("Term", 99L));
      assertThrows(Fault.Fatal.class, () -> store.save(1, List.of(other, CHILD)));
      database.getCollection("z").updateMany(new Document(), Updates.set("Term", 1L));
      database.getCollection("orders").deleteMany(Filters.eq("_id", "child"));
      store.save(1, List.of(new OfSync(false)));
      assertEquals(Set.of(PARENT, CHILD, other, new OfSync(false)), new HashSet<>(store.load()));
    }
  }

  private Optional<String> recordedPosition(String shard) {
    return Optional.ofNullable(
            database.getCollection("orders").find(Filters.eq("ShardId", shard)).first())
        .map(record -> record.getString("SequenceNumber"));
  }

  @Test
  void progressIsSavedByOneCommandAndTheRecordsFollow() throws Fault {
    OfSplit other = shard("other", Position.after("3"), Set.of());
    try (MongoCheckpointStore store = held(1, Duration.ofDays(1))) {
      store.save(1, List.of(PARENT, CHILD, other));
      assertEquals(Optional.of("7"), recordedPosition("child"), "the first save fills the records");
      OfSplit further = shard("child", Position.after("8"), Set.of("parent"));
      OfSplit furthest = shard("child", Position.after("9"), Set.of("parent"));
      OfSplit moved = shard("other", Position.after("4"), Set.of());
      store.save(1, List.of(further));
      store.save(1, List.of(moved));
      store.save(1, List.of(furthest));
      assertEquals(Optional.of("7"), recordedPosition("child"));
      assertEquals(Optional.of("3"), recordedPosition("other"));
      assertEquals(Set.of(PARENT, furthest, moved), new HashSet<>(store.load()));
      // More than progress: what came before must be in the records by then.
      store.save(1, List.of(new SplitForgotten("orders", "parent")));
      assertEquals(Optional.of("9"), recordedPosition("child"));
      assertEquals(Optional.of("4"), recordedPosition("other"));
      assertEquals(Set.of(furthest, moved), new HashSet<>(store.load()));
    }
  }

  @Test
  void progressOfManyShardsGoesIntoTheRecords() throws Fault {
    try (MongoCheckpointStore store = held(1, Duration.ofDays(1))) {
      store.save(1, List.of(PARENT));
      Set<CheckpointEntry> expected = new HashSet<>(Set.of(PARENT));
      for (int i = 0; i < 200; i++) {
        OfSplit shard = shard("shard-" + i, Position.after("1"), Set.of());
        expected.add(shard);
        store.save(1, List.of(shard));
      }
      assertEquals(expected, new HashSet<>(store.load()));
      assertEquals(Optional.of("1"), recordedPosition("shard-0"));
      assertEquals(Optional.empty(), recordedPosition("shard-199"));
    }
    assertEquals(Optional.of("1"), recordedPosition("shard-199"), "the end fills the records");
  }

  @Test
  void progressThatOnlyTheJournalHoldsSurvivesTheProcess() throws Fault {
    OfSplit further = shard("child", Position.after("8"), Set.of("parent"));
    try (MongoCheckpointStore store = held(1, Duration.ofDays(1));
        MongoCheckpointStore next = new MongoCheckpointStore(MONGO.uri(), database.getName())) {
      store.save(1, List.of(PARENT, CHILD));
      store.save(1, List.of(further));
      next.replaceLease(Optional.of(lease(1)), Optional.of(lease(2)));
      assertThrows(Fault.Fatal.class, () -> store.save(1, List.of(CHILD)), "it has lost its lease");
      next.save(2, List.of(new OfSync(true)));
      assertEquals(Set.of(PARENT, further, new OfSync(true)), new HashSet<>(next.load()));
      assertEquals(Optional.of("8"), recordedPosition("child"));
    }
  }

  @Test
  void aSecondStoreOfTheSameHolderLosesNoProgress() throws Fault {
    OfSplit further = shard("child", Position.after("8"), Set.of("parent"));
    try (MongoCheckpointStore store = held(1, Duration.ofDays(1));
        MongoCheckpointStore second = new MongoCheckpointStore(MONGO.uri(), database.getName())) {
      store.save(1, List.of(PARENT, CHILD));
      store.save(1, List.of(further));
      second.save(1, List.of(new OfSync(true)));
      assertEquals(Set.of(PARENT, further, new OfSync(true)), new HashSet<>(second.load()));
    }
  }

  /** A write that timed out here may wait at the server, and be done after later ones. */
  @Test
  void aJournalThatArrivesLateReplacesNoLaterOne() throws Fault {
    OfSplit further = shard("child", Position.after("8"), Set.of("parent"));
    LeaseDocument.Term term = new LeaseDocument.Term(1, 1);
    try (MongoCheckpointStore store = held(1, Duration.ofDays(1))) {
      store.save(1, List.of(PARENT));
      long late = new LeaseDocument(database).read().journalNumber();
      store.save(1, List.of(CHILD));
      store.save(1, List.of(further));
      OfSplit before = shard("parent", Position.after("5"), Set.of());
      assertThrows(
          Fault.Fatal.class,
          () -> new LeaseDocument(database).setJournal(term, late, List.of(before)));
      assertEquals(Set.of(PARENT, further), new HashSet<>(store.load()));
      store.save(1, List.of(new OfSync(true)));
      assertEquals(Set.of(PARENT, further, new OfSync(true)), new HashSet<>(store.load()));
    }
  }

  @Test
  void aProcessThatWakesTooLateChangesNothingThatCounts() throws Fault {
    try (MongoCheckpointStore store = held(1);
        MongoCheckpointStore next = new MongoCheckpointStore(MONGO.uri(), database.getName())) {
      OfSplit untouched = shard("untouched", Position.BEGINNING, Set.of("parent"));
      store.save(1, List.of(PARENT, CHILD, untouched));
      next.replaceLease(Optional.of(lease(1)), Optional.of(lease(2)));
      OfSplit further = shard("child", Position.after("9"), Set.of("parent"));
      next.save(2, List.of(further, new SplitForgotten("orders", "parent")));
      next.save(2, List.of(new OfSync(false)));
      // the records that the first process was about to write when it was stopped
      CheckpointRecords late = new CheckpointRecords(database);
      assertThrows(Fault.Fatal.class, () -> late.apply(1, state(CHILD)));
      assertThrows(
          Fault.Fatal.class,
          () -> late.apply(1, state(shard("untouched", Position.END, Set.of()))));
      late.apply(1, state(PARENT));
      late.apply(1, state(new SplitForgotten("orders", "child")));
      assertEquals(Set.of(further, untouched, new OfSync(false)), new HashSet<>(next.load()));
      next.replaceLease(Optional.of(lease(2)), Optional.of(lease(3)));
      next.save(3, List.of(new OfSync(true)));
      assertEquals(Set.of(further, untouched, new OfSync(true)), new HashSet<>(next.load()));
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
        MongoCheckpointStore next = new MongoCheckpointStore(MONGO.uri(), database.getName())) {
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
        MongoCheckpointStore next = new MongoCheckpointStore(MONGO.uri(), database.getName())) {
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
    try (MongoCheckpointStore store = new MongoCheckpointStore(MONGO.uri(), database.getName())) {
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

  @Test
  void aNewerFormatIsRefused() throws Fault {
    try (MongoCheckpointStore store = held(1)) {
      database
          .getCollection("status_table")
          .updateOne(Filters.eq("_id", "lease"), Updates.set("Format", 2));
      Fault fault = assertThrows(Fault.Fatal.class, store::load);
      assertTrue(fault.getMessage().contains("newer version"), fault.getMessage());
    }
  }

  /** A store whose records are never older than the journal. */
  private MongoCheckpointStore held(long fence) throws Fault {
    return held(fence, Duration.ZERO);
  }

  private MongoCheckpointStore held(long fence, Duration recordsEvery) throws Fault {
    MongoCheckpointStore store =
        new MongoCheckpointStore(MONGO.uri(), database.getName(), recordsEvery);
    assertTrue(store.replaceLease(Optional.empty(), Optional.of(lease(fence))));
    return store;
  }

  private static Checkpoint state(CheckpointEntry entry) {
    return Checkpoint.of(List.of(entry));
  }

  private static Lease lease(long fence) {
    return new Lease(fence, "host", fence, NOW, NOW.plusSeconds(30));
  }

  private static OfSplit shard(String id, Position position, Set<String> parents) {
    return new OfSplit(
        new Split.StreamShard("orders", "arn", id, parents, Optional.empty(), NOW),
        position,
        Optional.of(NOW),
        NOW);
  }
}
