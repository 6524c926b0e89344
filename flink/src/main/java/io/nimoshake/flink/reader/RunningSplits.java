package io.nimoshake.flink.reader;

import io.nimoshake.core.flow.ShardLag;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.plan.Event;
import io.nimoshake.flink.wire.AssignedSplit;
import io.nimoshake.flink.wire.Message.GivenBack;
import io.nimoshake.flink.wire.Message.Reached;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The splits that a reader runs, and how far each is. Safe for use by several threads. */
final class RunningSplits {
  private record Key(String table, String splitId) {}

  /** One assignment. */
  private static final class Running {
    final long assignment;
    final Split split;
    Position position;
    Optional<Instant> recordTime = Optional.empty();

    /** When the call began that read the first page of this assignment. */
    Optional<Instant> begun = Optional.empty();

    Optional<Instant> caughtUp = Optional.empty();

    /** Whether it has moved since the last report. */
    boolean unreported;

    Running(AssignedSplit split) {
      this.assignment = split.assignment();
      this.split = split.split();
      this.position = split.from();
      this.unreported = split.moved();
    }
  }

  private final Map<Key, Running> running = new HashMap<>();

  synchronized void add(AssignedSplit split) {
    running.put(new Key(split.split().table(), split.split().id()), new Running(split));
  }

  /** The split of an assignment, if it still runs. */
  synchronized Optional<Split> split(long assignment) {
    return find(assignment).map(found -> found.split);
  }

  private Optional<Running> find(long assignment) {
    return running.values().stream().filter(r -> r.assignment == assignment).findAny();
  }

  /** No split of the table runs any more. */
  synchronized void forget(String table) {
    running.keySet().removeIf(key -> key.table().equals(table));
  }

  /**
   * The assignment does not run any more.
   *
   * @return how far it was; empty if it is not known any more
   */
  synchronized Optional<GivenBack> remove(long assignment) {
    Optional<Running> found = find(assignment);
    found.ifPresent(running.values()::remove);
    return found.map(r -> new GivenBack(assignment, r.position, r.begun));
  }

  /**
   * The split does not run any more.
   *
   * @return its assignment; empty if it is not known any more
   */
  synchronized Optional<Long> remove(String table, String splitId) {
    return Optional.ofNullable(running.remove(new Key(table, splitId))).map(r -> r.assignment);
  }

  void durable(Event.Durable event) {
    note(
        event.table(),
        event.splitId(),
        split -> {
          split.position = event.position();
          split.begun = split.begun.or(event::begun);
          split.recordTime = event.recordTime().isPresent() ? event.recordTime() : split.recordTime;
        });
  }

  void caughtUp(Event.CaughtUp event) {
    note(event.table(), event.splitId(), split -> split.caughtUp = Optional.of(event.at()));
  }

  private synchronized void note(String table, String splitId, Consumer<Running> news) {
    Running split = running.get(new Key(table, splitId));
    if (split != null) {
      news.accept(split);
      split.unreported = true;
    }
  }

  /** What has moved since the last report. Forgets what is at its end. */
  synchronized List<Reached> report() {
    List<Reached> reached = new ArrayList<>();
    Iterator<Running> all = running.values().iterator();
    while (all.hasNext()) {
      Running split = all.next();
      if (split.unreported) {
        split.unreported = false;
        reached.add(
            new Reached(
                split.assignment, split.position, split.recordTime, split.begun, split.caughtUp));
        split.caughtUp = Optional.empty();
        if (split.position instanceof Position.End) {
          all.remove();
        }
      }
    }
    return reached;
  }

  /** The largest lag of the shards of a table, by the clock of this host. */
  synchronized Duration lag(String table, TableStats stats, Instant now) {
    return running.values().stream()
        .filter(r -> r.split.table().equals(table))
        .filter(r -> r.split instanceof Split.OfStream)
        .map(
            r ->
                ShardLag.of(
                    (Split.OfStream) r.split,
                    stats.shard(r.split.id()),
                    true,
                    now,
                    Duration.ZERO,
                    r.recordTime))
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }
}
