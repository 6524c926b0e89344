package io.nimoshake.core.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.core.ManualScheduler;
import io.nimoshake.core.MemoryCheckpointStore;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.SyncStats;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CheckpointWriterTest {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final ManualScheduler work = new ManualScheduler();
  private final MemoryCheckpointStore store = new MemoryCheckpointStore();
  private final List<Fault> fatal = new ArrayList<>();
  private final CheckpointWriter writer =
      new CheckpointWriter(
          store,
          () -> 1,
          work,
          INTERVAL,
          RetryPolicy.DEFAULT.withUnknownFor(Duration.ofMinutes(3)),
          new SyncStats(),
          fatal::add);

  @Test
  void anUnknownErrorOfTheStoreIsRetriedAsLongAsTheOptionsSay() {
    store.down = Optional.of(new Fault.Unknown("code 424242", null));
    writer.add(at("a", "1"), true);
    work.pass(Duration.ofSeconds(175));
    assertEquals(List.of(), fatal);
    work.pass(Duration.ofSeconds(10));
    assertEquals(1, fatal.size());
  }

  @Test
  void theLastEntryOfASubjectIsStoredAtItsPlace() {
    writer.add(at("parent", "1"), false);
    writer.add(at("child", "1"), false);
    writer.add(at("parent", "2"), true);
    work.pass(INTERVAL);
    assertEquals(List.of(List.of(at("child", "1"), at("parent", "2"))), store.saves);
  }

  @Test
  void aNewSplitIsNotMovedBehindThoseThatRelyOnIt() {
    writer.add(beginning("parent"), false);
    writer.add(beginning("child"), false);
    writer.add(at("parent", "1"), true);
    work.pass(INTERVAL);
    assertEquals(
        List.of(List.of(beginning("parent"), beginning("child")), List.of(at("parent", "1"))),
        store.saves);
  }

  @Test
  void aFailedSaveIsRepeatedAsItWasBeforeWhatCameMeanwhile() {
    store.faults.add(new Fault.Transient("down", null));
    writer.add(at("a", "1"), true);
    work.runOne();
    writer.add(at("a", "2"), true);
    work.pass(INTERVAL);
    assertEquals(List.of(List.of(at("a", "1")), List.of(at("a", "2"))), store.saves);
  }

  @Test
  void aFlushWaitsForWhatWasGivenBefore() {
    List<String> told = new ArrayList<>();
    writer.flush(() -> told.add("nothing"));
    writer.add(at("a", "1"), false);
    writer.flush(() -> told.add("stored " + store.saves.size()));
    assertEquals(List.of("nothing"), told);
    work.pass(INTERVAL);
    assertEquals(List.of("nothing", "stored 1"), told);
  }

  @Test
  void aForgottenTableTakesItsWaitingEntriesAlong() {
    writer.add(at("a", "1"), false);
    writer.add(new CheckpointEntry.TableForgotten("t"), true);
    work.pass(INTERVAL);
    assertEquals(List.of(List.of(new CheckpointEntry.TableForgotten("t"))), store.saves);
  }

  @Test
  void aLostLeaseIsFatal() {
    store.faults.add(new Fault.Fatal("lost"));
    writer.add(at("a", "1"), true);
    work.pass(INTERVAL);
    assertEquals(1, fatal.size());
  }

  private static OfSplit beginning(String shard) {
    return entry(shard, Position.BEGINNING);
  }

  private static OfSplit at(String shard, String token) {
    return entry(shard, Position.after(token));
  }

  private static OfSplit entry(String shard, Position position) {
    StreamShard split =
        new StreamShard("t", "arn", shard, Set.of(), Optional.empty(), Instant.EPOCH);
    return new OfSplit(split, position, Optional.empty(), Instant.EPOCH);
  }
}
