package io.nimoshake.flink.enumerator;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.Lease;
import io.nimoshake.flink.FakeContext;
import io.nimoshake.flink.MemoryPorts;
import io.nimoshake.flink.wire.AssignedSplit;
import io.nimoshake.flink.wire.Message;
import io.nimoshake.flink.wire.PlanState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SyncEnumeratorTest {
  private final MemoryPorts ports = new MemoryPorts();
  private FakeContext context = new FakeContext(1);
  private final List<SyncEnumerator> made = new ArrayList<>();

  private SyncEnumerator start(PlanState restored) {
    SyncEnumerator enumerator = new SyncEnumerator(ports, context, restored);
    made.add(enumerator);
    enumerator.start();
    for (int reader = 0; reader < context.currentParallelism(); reader++) {
      context.register(reader);
      enumerator.addReader(reader);
    }
    return enumerator;
  }

  /** With a closed shard and a child of it. */
  private SyncEnumerator startWithAChild() {
    ports.shard("parent", true);
    ports.shard("child", false, "parent");
    return start(PlanState.NONE);
  }

  @AfterEach
  void close() {
    made.forEach(this::close);
  }

  /** On a thread of its own, as Flink does, while the coordinator's goes on. */
  private void close(SyncEnumerator enumerator) {
    Thread closer = new Thread(enumerator::close);
    closer.start();
    until(() -> !closer.isAlive());
  }

  private void until(BooleanSupplier condition) {
    await()
        .atMost(Duration.ofMinutes(5))
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              context.run();
              return condition.getAsBoolean();
            });
  }

  private AssignedSplit assigned(String splitId) {
    until(() -> context.of(0).stream().anyMatch(s -> s.split().id().equals(splitId)));
    return context.of(0).stream()
        .filter(split -> split.split().id().equals(splitId))
        .reduce((first, last) -> last)
        .orElseThrow();
  }

  private boolean isAssigned(String splitId) {
    return context.of(0).stream().anyMatch(s -> s.split().id().equals(splitId));
  }

  private static Message.Event progress(long checkpoint, AssignedSplit split, Position position) {
    return new Message.Event(
        new Message.Progress(
            checkpoint,
            List.of(
                new Message.Reached(
                    split.assignment(),
                    position,
                    Optional.of(Instant.now()),
                    Optional.of(Instant.now()),
                    Optional.empty()))));
  }

  /**
   * Read and written to its end at the barrier is not enough: the checkpoint may come to nothing.
   */
  @Test
  void aChildIsReleasedWhenTheCheckpointAfterItsParentIsComplete() {
    SyncEnumerator enumerator = startWithAChild();
    AssignedSplit parent = assigned("parent");
    enumerator.handleSourceEvent(0, progress(3, parent, Position.END));
    enumerator.notifyCheckpointComplete(2);
    context.run();
    assertFalse(isAssigned("child"));
    enumerator.notifyCheckpointComplete(3);
    assigned("child");
    until(() -> ports.store.position("parent").equals(Optional.of(Position.END)));
  }

  @Test
  void aReportThatComesAfterItsCheckpointCountsAtOnce() {
    SyncEnumerator enumerator = startWithAChild();
    AssignedSplit parent = assigned("parent");
    enumerator.notifyCheckpointComplete(3);
    enumerator.handleSourceEvent(0, progress(3, parent, Position.END));
    assigned("child");
  }

  @Test
  void theReportOfACheckpointThatWasGivenUpCountsWithTheNext() {
    SyncEnumerator enumerator = startWithAChild();
    AssignedSplit parent = assigned("parent");
    enumerator.handleSourceEvent(0, progress(3, parent, Position.END));
    enumerator.notifyCheckpointComplete(4);
    assigned("child");
  }

  @Test
  void theEndOfACopyNeedsTheCheckpointAndTheWordOfTheReaders() {
    ports.shard("s", false);
    SyncEnumerator enumerator = start(PlanState.NONE);
    assigned("s");
    for (int i = 0; i < 2; i++) {
      AssignedSplit segment = assigned("segment-" + i + "-of-2");
      enumerator.handleSourceEvent(0, progress(1, segment, Position.END));
    }
    assertEquals(List.of(), context.take(0));
    enumerator.notifyCheckpointComplete(1);
    List<Message> asked = new ArrayList<>();
    until(
        () -> {
          asked.addAll(context.take(0));
          return !asked.isEmpty();
        });
    assertFalse(ports.done.contains("purge"));
    enumerator.handleSourceEvent(
        0, new Message.Event(new Message.Done(((Message.DeleteForReal) asked.get(0)).ticket())));
    until(() -> ports.done.contains("finish"));
    assertTrue(ports.done.contains("purge"));
  }

  @Test
  void goesOnFromTheStoreAndNotFromAnOlderStateOfFlinks() throws IOException {
    ports.shard("s", false);
    SyncEnumerator first = start(PlanState.NONE);
    AssignedSplit shard = assigned("s");
    PlanState old = roundTrip(first.snapshotState(1));
    first.handleSourceEvent(0, progress(1, shard, Position.after("7")));
    first.notifyCheckpointComplete(1);
    until(() -> ports.store.position("s").equals(Optional.of(Position.after("7"))));
    close(first);
    context.assigned.clear();
    start(old);
    assertEquals(Position.after("7"), assigned("s").from());
  }

  @Test
  void goesOnFromFlinksStateWhereTheStoreIsEmptyAndFillsIt() throws IOException {
    ports.shard("s", false);
    SyncEnumerator first = start(PlanState.NONE);
    AssignedSplit shard = assigned("s");
    first.handleSourceEvent(0, progress(1, shard, Position.after("7")));
    first.notifyCheckpointComplete(1);
    context.run();
    PlanState state = roundTrip(first.snapshotState(2));
    close(first);
    ports.store.clear();
    context.assigned.clear();
    ports.done.clear();
    start(state);
    assertEquals(Position.after("7"), assigned("s").from());
    assertEquals(List.of("prepare RESUME"), ports.done);
    until(() -> ports.store.load().stream().anyMatch(CheckpointEntry.OfTable.class::isInstance));
  }

  private static PlanState roundTrip(PlanState state) throws IOException {
    PlanState.Serializer serializer = new PlanState.Serializer();
    return serializer.deserialize(1, serializer.serialize(state));
  }

  @Test
  void theEndSavesAndGivesTheLeaseBack() {
    ports.shard("s", false);
    SyncEnumerator enumerator = start(PlanState.NONE);
    AssignedSplit shard = assigned("s");
    enumerator.handleSourceEvent(0, progress(1, shard, Position.after("7")));
    enumerator.notifyCheckpointComplete(1);
    close(enumerator);
    assertEquals(Optional.of(Position.after("7")), ports.store.position("s"));
    assertEquals(Instant.EPOCH, ports.store.lease().orElseThrow().expires());
  }

  @Test
  void anotherThatLivesIsNotPushedAside() {
    Lease other = new Lease(5, "elsewhere", 4711, Instant.EPOCH, Instant.now().plusSeconds(1000));
    ports.store.setLease(other);
    start(PlanState.NONE);
    SuppressRestartsException refused =
        assertThrows(
            SuppressRestartsException.class,
            () ->
                until(
                    () -> {
                      Lease held = ports.store.lease().orElseThrow();
                      ports.store.setLease(
                          new Lease(
                              held.fence(),
                              held.host(),
                              held.pid(),
                              held.processStarted(),
                              held.expires().plusSeconds(1)));
                      return false;
                    }));
    assertEquals(
        "id memory is already running as process 4711 on elsewhere:"
            + " stop it first, or choose another id",
        refused.getCause().getMessage());
    assertEquals(5, ports.store.lease().orElseThrow().fence());
  }

  @Test
  void whoIsRefusedGivesTheLeaseBack() {
    ports.refuseToTakeOver(new Fault.Fatal("not this way"));
    start(PlanState.NONE);
    SuppressRestartsException refused =
        assertThrows(SuppressRestartsException.class, () -> until(() -> false));
    assertEquals("not this way", refused.getCause().getMessage());
    assertEquals(Instant.EPOCH, ports.store.lease().orElseThrow().expires());
  }

  /** After a cut-over a job from DynamoDB would overwrite what the applications write. */
  @Test
  void doesNotStartAfterACutOver() throws Fault {
    Instant freeze = Instant.parse("2026-11-28T12:00:03Z");
    ports.store.save(0, List.of(new OfDirection(Direction.CUT_OVER, freeze, Optional.empty())));
    start(PlanState.NONE);
    SuppressRestartsException refused =
        assertThrows(SuppressRestartsException.class, () -> until(() -> false));
    String message = refused.getCause().getMessage();
    assertTrue(message.startsWith("id memory was cut over: since " + freeze), message);
    assertEquals(List.of(), ports.done, "no table was prepared");
    assertEquals(Instant.EPOCH, ports.store.lease().orElseThrow().expires());
  }

  @Test
  void aTableFailsAloneAndAFatalFaultEndsTheJobForGood() {
    ports.shard("s", false);
    SyncEnumerator enumerator = start(PlanState.NONE);
    AssignedSplit shard = assigned("s");
    enumerator.handleSourceEvent(
        0,
        new Message.Event(
            new Message.SplitFailed(shard.assignment(), new Fault.TableFailed("gone", null))));
    // The only table: nothing is left to follow.
    SuppressRestartsException ended =
        assertThrows(SuppressRestartsException.class, () -> until(() -> false));
    assertEquals("these tables failed: t", ended.getCause().getMessage());
  }

  @Test
  void aFatalFaultEndsTheJobForGood() {
    ports.shard("s", false);
    SyncEnumerator enumerator = start(PlanState.NONE);
    assigned("s");
    enumerator.handleSourceEvent(
        0, new Message.Event(new Message.Fatal(new Fault.Fatal("wrong key"))));
    SuppressRestartsException ended =
        assertThrows(SuppressRestartsException.class, () -> until(() -> false));
    assertEquals("wrong key", ended.getCause().getMessage());
  }

  /** The figures are printed, not checked. */
  @Test
  void twoThousandShardsAtParallelismFour() throws IOException {
    context = new FakeContext(4);
    for (int i = 0; i < 2_000; i++) {
      ports.shard("shardId-%05d".formatted(i), false);
    }
    SyncEnumerator enumerator = start(PlanState.NONE);
    long begin = System.nanoTime();
    until(() -> all().size() >= 2_002);
    double assignedMillis = millisSince(begin);
    for (int reader = 0; reader < 4; reader++) {
      assertEquals(500, shards(context.of(reader)).size());
    }
    List<Double> steps = new ArrayList<>();
    List<Double> checkpoints = new ArrayList<>();
    PlanState.Serializer serializer = new PlanState.Serializer();
    int bytes = 0;
    for (int checkpoint = 1; checkpoint <= 50; checkpoint++) {
      begin = System.nanoTime();
      bytes = serializer.serialize(enumerator.snapshotState(checkpoint)).length;
      checkpoints.add(millisSince(begin));
      for (int reader = 0; reader < 4; reader++) {
        enumerator.handleSourceEvent(
            reader, new Message.Event(progress(checkpoint, context.of(reader))));
      }
      begin = System.nanoTime();
      enumerator.notifyCheckpointComplete(checkpoint);
      steps.add(millisSince(begin) / 2_000);
      context.run();
    }
    // The table and its shards; its segments have not moved.
    assertEquals(2_001, roundTrip(enumerator.snapshotState(51)).entries().size());
    System.out.printf(
        "2,000 shards: %.0f ms until all are assigned; plan step %.4f ms, checkpoint %.2f ms"
            + " (%d bytes), each the median of 50%n",
        assignedMillis, median(steps), median(checkpoints), bytes);
  }

  private List<AssignedSplit> all() {
    return context.assigned.values().stream().flatMap(List::stream).toList();
  }

  private static List<AssignedSplit> shards(List<AssignedSplit> splits) {
    return splits.stream().filter(split -> split.split() instanceof Split.StreamShard).toList();
  }

  private static Message.Progress progress(int checkpoint, List<AssignedSplit> splits) {
    return new Message.Progress(
        checkpoint,
        shards(splits).stream()
            .map(
                split ->
                    new Message.Reached(
                        split.assignment(),
                        Position.after("000000000000000" + checkpoint),
                        Optional.of(Instant.now()),
                        Optional.of(Instant.now()),
                        Optional.empty()))
            .toList());
  }

  private static double millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e6;
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
