package io.nimoshake.mongodb.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import io.nimoshake.mongodb.SharedMongo;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a crash or a process that wakes too late leaves in the database. */
class MongoCheckpointStoreTest extends MongoCheckpointFixture {
  @RegisterExtension static final SharedMongo MONGO = new SharedMongo();

  MongoCheckpointStoreTest() {
    super(MONGO);
  }

  @Test
  void aNoteNeedsNoLeaseAndIsNoEntry() throws Fault {
    try (MongoCheckpointStore store = held(1);
        MongoCheckpointStore other = open()) {
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
        MongoCheckpointStore next = open()) {
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
        MongoCheckpointStore next = open()) {
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
        MongoCheckpointStore second = open()) {
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
        MongoCheckpointStore next = open()) {
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
  void aNewerFormatIsRefused() throws Fault {
    try (MongoCheckpointStore store = held(1)) {
      database
          .getCollection("status_table")
          .updateOne(Filters.eq("_id", "lease"), Updates.set("Format", 2));
      Fault fault = assertThrows(Fault.Fatal.class, store::load);
      assertTrue(fault.getMessage().contains("newer version"), fault.getMessage());
    }
  }

  private static Checkpoint state(CheckpointEntry entry) {
    return Checkpoint.of(List.of(entry));
  }
}
