package io.nimoshake.core.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.RecentFailures;
import io.nimoshake.core.flow.Scheduler;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CheckpointWriterTest {
  private final Work work = new Work();
  private final Store store = new Store();
  private final List<Fault> fatal = new ArrayList<>();
  private final CheckpointWriter writer =
      new CheckpointWriter(
          store, () -> 1, work, Duration.ofSeconds(1), new RecentFailures(), fatal::add);

  @Test
  void theLastEntryOfASubjectIsStoredAtItsPlace() {
    writer.add(at("parent", "1"), false);
    writer.add(at("child", "1"), false);
    writer.add(at("parent", "2"), true);
    work.run();
    assertEquals(List.of(List.of(at("child", "1"), at("parent", "2"))), store.saves);
  }

  @Test
  void aNewSplitIsNotMovedBehindThoseThatRelyOnIt() {
    writer.add(beginning("parent"), false);
    writer.add(beginning("child"), false);
    writer.add(at("parent", "1"), true);
    work.run();
    assertEquals(
        List.of(List.of(beginning("parent"), beginning("child")), List.of(at("parent", "1"))),
        store.saves);
  }

  @Test
  void aFailedSaveIsRepeatedAsItWasBeforeWhatCameMeanwhile() {
    store.failures = 1;
    writer.add(at("a", "1"), true);
    work.runOne();
    writer.add(at("a", "2"), true);
    work.run();
    assertEquals(List.of(List.of(at("a", "1")), List.of(at("a", "2"))), store.saves);
  }

  @Test
  void aFlushWaitsForWhatWasGivenBefore() {
    List<String> told = new ArrayList<>();
    writer.flush(() -> told.add("nothing"));
    writer.add(at("a", "1"), false);
    writer.flush(() -> told.add("stored " + store.saves.size()));
    assertEquals(List.of("nothing"), told);
    work.run();
    assertEquals(List.of("nothing", "stored 1"), told);
  }

  @Test
  void aForgottenTableTakesItsWaitingEntriesAlong() {
    writer.add(at("a", "1"), false);
    writer.add(new CheckpointEntry.TableForgotten("t"), true);
    work.run();
    assertEquals(List.of(List.of(new CheckpointEntry.TableForgotten("t"))), store.saves);
  }

  @Test
  void aLostLeaseIsFatal() {
    store.lost = true;
    writer.add(at("a", "1"), true);
    work.run();
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

  private static final class Store implements CheckpointStore {
    final List<List<CheckpointEntry>> saves = new ArrayList<>();
    int failures;
    boolean lost;

    @Override
    public void save(long fence, List<CheckpointEntry> entries) throws Fault {
      if (lost) {
        throw new Fault.Fatal("lost");
      } else if (failures-- > 0) {
        throw new Fault.Transient("down", null);
      }
      saves.add(entries);
    }

    @Override
    public List<CheckpointEntry> load() {
      return List.of();
    }

    @Override
    public Optional<Lease> lease() {
      return Optional.empty();
    }

    @Override
    public boolean replaceLease(Optional<Lease> expected, Optional<Lease> next) {
      return true;
    }

    @Override
    public void close() {}
  }

  private static final class Work implements Scheduler {
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

    void runOne() {
      waiting.poll().run();
    }

    void run() {
      for (int i = 0; !waiting.isEmpty() && i < 100; i++) {
        runOne();
      }
    }

    @Override
    public void execute(Runnable task) {
      waiting.add(task);
    }

    @Override
    public void after(Duration delay, Runnable task) {
      waiting.add(task);
    }

    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public double random() {
      return 0;
    }
  }
}
