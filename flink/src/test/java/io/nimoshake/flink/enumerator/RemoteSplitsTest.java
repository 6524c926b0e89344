package io.nimoshake.flink.enumerator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.plan.Event;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.flink.FakeContext;
import io.nimoshake.flink.wire.AssignedSplit;
import io.nimoshake.flink.wire.Message;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RemoteSplitsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final TableSchema TABLE =
      new TableSchema(
          "t", new KeyAttribute("k", KeyAttribute.Type.S), Optional.empty(), List.of(), 0, 0);

  private final FakeContext context = new FakeContext(2);
  private final List<Event> events = new ArrayList<>();
  private final RemoteSplits splits = new RemoteSplits(context, events::add);

  private static Split segment(int index) {
    return new Split.ScanSegment("t", index, 100);
  }

  private static Split shard(int number) {
    return new Split.StreamShard(
        "t", "arn", "shard-" + number, Set.of(), Optional.empty(), Instant.EPOCH);
  }

  private void prepare() {
    splits.tablePrepared(TABLE, Existing.DROP);
  }

  private void startSegments(int count) {
    for (int i = 0; i < count; i++) {
      splits
          .add(new Command.StartSplit(segment(i), Position.BEGINNING, WriteMode.COPY_IF_ABSENT))
          .run();
    }
  }

  private void startShards(int from, int to, WriteMode mode) {
    for (int i = from; i < to; i++) {
      splits.add(new Command.StartSplit(shard(i), Position.BEGINNING, mode)).run();
    }
  }

  private void register(int subtask) {
    context.register(subtask);
    splits.readerAdded(subtask);
    context.run();
  }

  private void registerAll() {
    register(0);
    register(1);
  }

  private void giveBothReadersAShard(WriteMode mode) {
    prepare();
    startShards(0, 2, mode);
    registerAll();
  }

  /** Answers what the enumerator has asked of a reader. */
  private void answer(int reader) {
    Message asked = context.take(reader).get(0);
    long ticket =
        asked instanceof Message.StopTable stop
            ? stop.ticket()
            : ((Message.DeleteForReal) asked).ticket();
    splits.done(ticket, reader);
  }

  private void reached(AssignedSplit split, Position position) {
    splits.durable(
        new Message.Reached(
            split.assignment(), position, Optional.empty(), Optional.empty(), Optional.empty()),
        NOW);
    context.run();
  }

  @Test
  void theFirstReadersWaitForTheLastAndAllGetTheSame() {
    prepare();
    startSegments(6);
    startShards(0, 4, WriteMode.STREAM_WITH_TOMBSTONES);
    register(0);
    assertEquals(List.of(), context.of(0));
    register(1);
    assertEquals(5, context.of(0).size());
    assertEquals(5, context.of(1).size());
    assertEquals(
        3, context.of(0).stream().filter(s -> s.split() instanceof Split.ScanSegment).count());
    assertEquals(List.of(0, 1), context.assignments, "one message to each");
  }

  @Test
  void aSplitOfATableThatWasStoppedMeanwhileIsNotAssigned() {
    prepare();
    registerAll();
    Runnable begin =
        splits.add(
            new Command.StartSplit(segment(0), Position.BEGINNING, WriteMode.COPY_IF_ABSENT));
    boolean[] stopped = new boolean[1];
    splits.stop("t", () -> stopped[0] = true);
    begin.run();
    context.run();
    assertTrue(stopped[0]);
    assertEquals(List.of(), context.assignments);
  }

  @Test
  void aReaderThatComesBackGetsWhatIsNotDurableAnew() {
    prepare();
    startSegments(4);
    registerAll();
    AssignedSplit first = context.of(1).get(0);
    AssignedSplit second = context.of(1).get(1);
    reached(first, Position.after("x"));
    reached(second, Position.END);
    context.assigned.clear();
    context.readers.remove(1);
    splits.readerGone(1);
    context.run();
    assertEquals(List.of(), context.of(0), "the dying may still write");
    register(1);
    List<AssignedSplit> again = context.of(1);
    assertEquals(1, again.size());
    assertEquals(first.split(), again.get(0).split());
    assertEquals(Position.after("x"), again.get(0).from());
    assertFalse(again.get(0).assignment() == first.assignment());
  }

  @Test
  void whatAFormerAssignmentReportsDoesNotCount() {
    prepare();
    startSegments(1);
    registerAll();
    AssignedSplit first = context.of(0).get(0);
    splits.readerGone(0);
    context.run();
    reached(first, Position.after("x"));
    assertEquals(List.of(), events);
  }

  @Test
  void deletesAreRealWhenEveryReaderOfTheTableSaysSo() {
    giveBothReadersAShard(WriteMode.STREAM_WITH_TOMBSTONES);
    boolean[] done = new boolean[1];
    splits.deleteForReal("t", () -> true, () -> done[0] = true);
    context.run();
    answer(0);
    assertFalse(done[0]);
    answer(1);
    assertTrue(done[0]);
  }

  @Test
  void aReaderThatDiesNeedNotAnswerAndItsShardsGoOnWithRealDeletes() {
    giveBothReadersAShard(WriteMode.STREAM_WITH_TOMBSTONES);
    assertEquals(WriteMode.STREAM_WITH_TOMBSTONES, context.of(1).get(0).mode());
    boolean[] done = new boolean[1];
    splits.deleteForReal("t", () -> true, () -> done[0] = true);
    context.run();
    answer(0);
    context.readers.remove(1);
    context.assigned.clear();
    splits.readerGone(1);
    assertTrue(done[0]);
    context.run();
    register(1);
    List<AssignedSplit> again = new ArrayList<>(context.of(0));
    again.addAll(context.of(1));
    assertEquals(List.of(WriteMode.STREAM), again.stream().map(AssignedSplit::mode).toList());
  }

  /** A shard is started by whoever does not know yet that deletes are real. */
  @Test
  void deletesThatAreRealStaySo() {
    giveBothReadersAShard(WriteMode.STREAM_WITH_TOMBSTONES);
    splits.deleteForReal("t", () -> true, () -> {});
    context.run();
    context.assigned.clear();
    startShards(2, 3, WriteMode.STREAM_WITH_TOMBSTONES);
    context.run();
    List<AssignedSplit> later = new ArrayList<>(context.of(0));
    later.addAll(context.of(1));
    assertEquals(List.of(WriteMode.STREAM), later.stream().map(AssignedSplit::mode).toList());
  }

  @Test
  void aTableHasStoppedWhenEveryReaderOfItHas() {
    giveBothReadersAShard(WriteMode.STREAM);
    boolean[] stopped = new boolean[1];
    splits.stop("t", () -> stopped[0] = true);
    context.run();
    answer(0);
    assertFalse(stopped[0]);
    answer(1);
    assertTrue(stopped[0]);
    AssignedSplit former = context.of(0).get(0);
    reached(former, Position.after("x"));
    assertEquals(List.of(), events);
  }

  @Test
  void aReaderWithMoreThanOthersGivesBackAndItGoesOnElsewhere() {
    prepare();
    startShards(0, 8, WriteMode.STREAM);
    registerAll();
    context.of(1).forEach(split -> reached(split, Position.END));
    context.assigned.remove(1);
    splits.rebalance();
    List<Message> asked = context.take(0);
    assertEquals(2, asked.size());
    for (Message message : asked) {
      givenBack(((Message.GiveBack) message).assignment(), Optional.empty());
    }
    context.run();
    List<AssignedSplit> moved = context.of(1);
    assertEquals(2, moved.size());
    assertTrue(moved.stream().allMatch(s -> s.moved() && s.from().equals(Position.after("y"))));
    splits.rebalance();
    assertEquals(List.of(), context.take(0));
  }

  private void givenBack(long assignment, Optional<Instant> begun) {
    splits.givenBack(new Message.GivenBack(assignment, Position.after("y"), begun));
  }

  /** The first page decides whether records had expired, whoever has read it. */
  @Test
  void thePlanHearsWhenTheFirstReaderOfAMovedSplitHasRead() {
    prepare();
    startShards(0, 1, WriteMode.STREAM);
    registerAll();
    Optional<Instant> first = Optional.of(NOW.plusSeconds(1));
    givenBack(context.of(0).get(0).assignment(), first);
    context.run();
    AssignedSplit moved = context.of(0).get(1);
    Optional<Instant> second = Optional.of(NOW.plusSeconds(2));
    splits.durable(
        new Message.Reached(
            moved.assignment(), Position.after("z"), Optional.empty(), second, Optional.empty()),
        NOW);
    assertEquals(first, ((Event.Durable) events.get(0)).begun());
    splits.readerGone(0);
    context.run();
    splits.durable(
        new Message.Reached(
            context.of(0).get(2).assignment(), Position.END, Optional.empty(), second, second),
        NOW);
    assertEquals(second, ((Event.Durable) events.get(1)).begun());
  }

  @Test
  void aMovedSplitWhoseNewReaderDiesGoesBackToWhatThePlanKnows() {
    prepare();
    startShards(0, 1, WriteMode.STREAM);
    registerAll();
    AssignedSplit first = context.of(0).get(0);
    givenBack(first.assignment(), Optional.empty());
    context.run();
    context.assigned.clear();
    splits.readerGone(0);
    context.run();
    assertEquals(Position.BEGINNING, context.of(0).get(0).from());
  }

  @Test
  void readersEndWhenNothingIsLeftAlsoThoseThatComeLater() {
    registerAll();
    splits.finish();
    assertEquals(Set.of(0, 1), context.ended);
    context.ended.clear();
    register(1);
    assertEquals(Set.of(1), context.ended);
  }

  @Test
  void twoThousandShardsAreSpreadEvenly() {
    FakeContext four = new FakeContext(4);
    RemoteSplits many = new RemoteSplits(four, events::add);
    many.tablePrepared(TABLE, Existing.DROP);
    for (int i = 0; i < 2_000; i++) {
      many.add(new Command.StartSplit(shard(i), Position.BEGINNING, WriteMode.STREAM)).run();
    }
    for (int reader = 0; reader < 4; reader++) {
      four.register(reader);
      many.readerAdded(reader);
    }
    four.run();
    for (int reader = 0; reader < 4; reader++) {
      assertEquals(500, four.of(reader).size());
    }
  }
}
