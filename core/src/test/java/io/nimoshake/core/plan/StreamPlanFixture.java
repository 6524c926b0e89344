package io.nimoshake.core.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.Source.StreamHandle;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A table that is followed, in a host that does nothing by itself. */
abstract class StreamPlanFixture {
  static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

  final Map<Object, CheckpointEntry> store = new LinkedHashMap<>();
  final List<Command> commands = new ArrayList<>();
  SyncPlan plan;

  List<String> problems() {
    return plan.view().get(0).problems();
  }

  void closeStream() {
    durable("a", Position.END, T0, T0);
    listed(T0, false, "a");
    listed(T0.plusSeconds(60), false, "a");
    listed(T0.plusSeconds(120), false, "a");
  }

  TableState state() {
    return plan.view().get(0).state();
  }

  void startFollowing(String... shards) {
    restart(T0);
    listed(T0, true, shards);
    assertEquals(Set.of(shards), started());
  }

  void restart(Instant at) {
    plan = new SyncPlan(GivenOptions.incr(1), List.copyOf(store.values()));
    take(plan.start());
    on(new Event.TablesListed(List.of("t")));
    StreamHandle stream = new StreamHandle("arn", true, at);
    on(new Event.TablePrepared("t", 1, true, Optional.of(stream)));
  }

  void listed(Instant at, boolean open, String... shards) {
    on(GivenShards.listed(at, open, shards));
  }

  void durable(String shard, Position position, Instant recordTime, Instant at) {
    on(new Event.Durable("t", shard, position, Optional.of(recordTime), Optional.of(at), at));
  }

  void on(Event event) {
    take(plan.on(event));
  }

  void take(List<Command> next) {
    commands.addAll(next);
    for (Command command : next) {
      if (command instanceof Command.Save save) {
        CheckpointEntry entry = save.entry();
        store.put(
            entry instanceof CheckpointEntry.OfSplit split ? split.split().id() : entry.getClass(),
            entry);
      }
    }
  }

  Optional<Fault> failure() {
    return plan.view().get(0).failure();
  }

  List<String> warnings() {
    return commands.stream()
        .filter(c -> c instanceof Command.Tell tell && tell.level() == Command.Level.WARN)
        .map(c -> ((Command.Tell) c).message())
        .toList();
  }

  long count(Class<? extends Command> kind) {
    return commands.stream().filter(kind::isInstance).count();
  }

  Set<String> started() {
    Set<String> ids = new java.util.TreeSet<>();
    for (Command command : commands) {
      if (command instanceof Command.StartSplit start) {
        ids.add(start.split().id());
      }
    }
    return ids;
  }
}
