package io.nimoshake.core.engine;

import io.nimoshake.core.checkpoint.CheckpointWriter;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.FreezeWatch;
import io.nimoshake.core.flow.Scheduler;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.plan.Event;
import io.nimoshake.core.port.Target.Existing;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Carries out the plan's commands, which come one after the other: passes each to what does it, and
 * keeps a {@link TableHost} for each table that is prepared.
 */
final class HostCommands implements Command.Handler {
  private static final Logger LOG = LoggerFactory.getLogger(HostCommands.class);

  private final TableWork work;
  private final SplitRunner splits;
  private final CheckpointWriter checkpoints;
  private final Scheduler scheduler;
  private final FreezeWatch freeze;
  private final Consumer<Event> events;
  private final Runnable onComplete;
  private final ConcurrentMap<String, TableHost> tables = new ConcurrentHashMap<>();
  private final Map<String, Fault> failed = new LinkedHashMap<>();

  /**
   * @param events takes what the plan is to hear
   * @param onComplete called when the plan has nothing left to do
   */
  HostCommands(
      TableWork work,
      SplitRunner splits,
      CheckpointWriter checkpoints,
      Scheduler scheduler,
      FreezeWatch freeze,
      Consumer<Event> events,
      Runnable onComplete) {
    this.work = work;
    this.splits = splits;
    this.checkpoints = checkpoints;
    this.scheduler = scheduler;
    this.freeze = freeze;
    this.events = events;
    this.onComplete = onComplete;
  }

  /** What the source said of a table when it was prepared. */
  Optional<TableSchema> schema(String table) {
    return Optional.ofNullable(tables.get(table)).map(TableHost::schema);
  }

  /** Tables that have failed for good, and why. */
  Map<String, Fault> failedTables() {
    synchronized (failed) {
      return Map.copyOf(failed);
    }
  }

  @Override
  public void listTables(Command.ListTables command) {
    work.listTables();
  }

  @Override
  public void prepareTable(Command.PrepareTable command) {
    // Preparing may drop a collection: first the store must forget what relies on it.
    checkpoints.flush(
        () ->
            work.afterPause(
                command.attempt(),
                () ->
                    scheduler.execute(
                        () ->
                            work.prepare(
                                command, schema -> prepared(schema, command.existing())))));
  }

  private void prepared(TableSchema schema, Existing existing) {
    TableHost table =
        new TableHost(
            schema,
            splits,
            work,
            checkpoints,
            events,
            stopped -> tables.remove(schema.name(), stopped));
    tables.put(schema.name(), table);
    splits.tablePrepared(schema, existing);
  }

  @Override
  public void awaitExport(Command.AwaitExport command) {
    TableHost table = tables.get(command.table());
    if (table != null) {
      // What is requested must be known to the next run, which would request a second export.
      checkpoints.flush(() -> work.awaitExport(table.schema(), command));
    }
  }

  @Override
  public void listShards(Command.ListShards command) {
    work.listShards(command);
  }

  @Override
  public void findStream(Command.FindStream command) {
    work.findStream(command.table());
  }

  @Override
  public void startSplit(Command.StartSplit command) {
    TableHost table = tables.get(command.split().table());
    if (table != null) {
      table.startSplit(command);
    }
  }

  @Override
  public void deleteForReal(Command.DeleteForReal command) {
    TableHost table = tables.get(command.table());
    // The store must know first that every split has ended. Else the next run could copy an item
    // again that was deleted.
    checkpoints.flush(table::deleteForReal);
  }

  @Override
  public void finishTable(Command.FinishTable command) {
    TableHost table = tables.get(command.table());
    // The store must know first that every split has ended. Else the next run could copy an item
    // again whose tombstone is purged, or go on with files that are moved away.
    checkpoints.flush(() -> table.finish(command));
  }

  @Override
  public void swapTable(Command.SwapTable command) {
    checkpoints.flush(() -> work.afterPause(command.attempt(), () -> work.swap(command.table())));
  }

  @Override
  public void exportChanges(Command.ExportChanges command) {
    // The store must know the window first: after a crash the same export is asked for again.
    checkpoints.flush(() -> work.afterPause(command.attempt(), () -> work.exportChanges(command)));
  }

  @Override
  public void stopTable(Command.StopTable command) {
    TableHost table = tables.get(command.table());
    if (table == null) {
      events.accept(new Event.TableStopped(command.table()));
    } else {
      table.stop();
    }
  }

  @Override
  public void save(Command.Save command) {
    checkpoints.add(command.entry(), command.soon());
  }

  @Override
  public void giveUp(Command.GiveUp command) {
    LOG.atError()
        .addKeyValue("event", "table_failed")
        .addKeyValue("table", command.table())
        .addKeyValue("error", command.fault().getMessage())
        .log("table {} has failed: {}", command.table(), command.fault().getMessage());
    synchronized (failed) {
      failed.put(command.table(), command.fault());
    }
  }

  @Override
  public void tell(Command.Tell command) {
    LoggingEventBuilder line =
        switch (command.level()) {
          case WARN -> LOG.atWarn();
          case INFO -> LOG.atInfo();
        };
    line.addKeyValue("event", "plan")
        .addKeyValue("table", command.table())
        .log("table {}: {}", command.table(), command.message());
  }

  @Override
  public void watchWrites(Command.WatchWrites command) {
    freeze.begin(command.freeze(), command.emptyFrom());
  }

  @Override
  public void noteLateWrite(Command.NoteLateWrite command) {
    freeze.note(command.table(), command.created());
  }

  @Override
  public void unwatchWrites(Command.UnwatchWrites command) {
    freeze.end();
  }

  @Override
  public void tellStored(Command.TellStored command) {
    checkpoints.flush(() -> events.accept(new Event.Stored()));
  }

  @Override
  public void complete(Command.Complete command) {
    onComplete.run();
  }
}
