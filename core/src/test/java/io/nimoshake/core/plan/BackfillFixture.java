package io.nimoshake.core.plan;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.ChangeFile;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.Backfill;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.Source.ChangeExport;
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.core.port.Target.Existing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A table with a gap that is closed by exports. */
abstract class BackfillFixture {
  static final Instant GAP = Instant.parse("2026-01-01T00:00:00Z");

  final List<Command> commands = new ArrayList<>();

  static OfTable entry() {
    return new OfTable("t", Phase.COPIED, Optional.of(GAP), List.of("arn"), 0, true, false);
  }

  static Backfill backfill() {
    return new Backfill("records have expired", GAP, GAP, GAP, GAP, 0, Optional.empty());
  }

  static Event.TablePrepared prepared(String arn, Instant now) {
    return new Event.TablePrepared("t", 1, true, Optional.of(new StreamHandle(arn, true, now)));
  }

  TablePlan plan(boolean backfills, boolean resyncs) {
    return new TablePlan(
        "t",
        new PlanOptions(
            true,
            true,
            true,
            true,
            Existing.DROP,
            false,
            1,
            backfills,
            resyncs,
            true,
            Duration.ofMinutes(2)),
        commands::add);
  }

  /** A table whose backfill begins at this time. */
  TablePlan start(OfTable entry, Instant now) {
    return start(entry, backfill(), now);
  }

  /** The same where the target was written up to a moment. */
  TablePlan start(Instant written, Instant now) {
    return start(entry(), backfill().withWritten(written), now);
  }

  static StreamShard shard(String id) {
    return new StreamShard("t", "arn", id, Set.of(), Optional.empty(), GAP);
  }

  static Event.Durable written(String shard, Instant record) {
    return new Event.Durable(
        "t",
        shard(shard).id(),
        Position.after("2"),
        Optional.of(record),
        Optional.of(record),
        record);
  }

  TablePlan start(OfTable entry, Backfill backfill, Instant now) {
    TablePlan table = plan(true, true);
    table.restore(entry.backfilling(backfill), List.of());
    table.start();
    table.onPrepared(prepared("arn", now));
    return table;
  }

  static void exported(TablePlan table, Command.ExportChanges window, int files, Instant at) {
    table
        .repair()
        .onChangesExported(
            new Event.ChangesExported(
                "t", window.from(), window.to(), new ChangeExport("e", files, at)));
  }

  static ChangeFile file(int index, int total) {
    return new ChangeFile("t", 1, "e", index, total);
  }

  static Event.Durable durable(int index, int total, Instant at) {
    return new Event.Durable("t", file(index, total).id(), Position.END, Optional.empty(), at);
  }

  Command.ExportChanges lastExport() {
    return commands.stream()
        .filter(Command.ExportChanges.class::isInstance)
        .map(Command.ExportChanges.class::cast)
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  List<CheckpointEntry> saves() {
    return commands.stream()
        .filter(Command.Save.class::isInstance)
        .map(command -> ((Command.Save) command).entry())
        .toList();
  }

  long count(Class<? extends Command> kind) {
    return commands.stream().filter(kind::isInstance).count();
  }
}
