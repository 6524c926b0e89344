package io.nimoshake.mongodb.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfSync;
import io.nimoshake.core.port.CheckpointEntry.SplitForgotten;
import io.nimoshake.core.port.Lease;
import io.nimoshake.mongodb.SharedMongo;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
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

  private MongoCheckpointStore held(long fence) throws Fault {
    MongoCheckpointStore store = new MongoCheckpointStore(MONGO.uri(), database.getName());
    assertTrue(store.replaceLease(Optional.empty(), Optional.of(lease(fence))));
    return store;
  }

  private static CheckpointState state(CheckpointEntry entry) {
    return new CheckpointState().apply(List.of(entry));
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
