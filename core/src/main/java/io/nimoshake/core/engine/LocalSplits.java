package io.nimoshake.core.engine;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.MemoryBudget;
import io.nimoshake.core.flow.Scheduler;
import io.nimoshake.core.flow.SplitPipeline;
import io.nimoshake.core.flow.TableFlow;
import io.nimoshake.core.flow.TableWriter;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.plan.Event;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs splits in this process, each as a pipeline. */
final class LocalSplits implements SplitRunner {
  /** What runs for one table. Guarded by the lock. */
  private static final class Table {
    final TableFlow flow;
    final TableWriter writer;
    final Map<String, SplitPipeline> running = new HashMap<>();
    Runnable whenStopped;

    Table(TableFlow flow, TableWriter writer) {
      this.flow = flow;
      this.writer = writer;
    }
  }

  private final SyncOptions options;
  private final Source source;
  private final Target target;
  private final DeadLetters deadLetters;
  private final Scheduler scheduler;
  private final TableRegistry registry;
  private final Consumer<Event> events;
  private final Consumer<Fault> onFatal;
  private final MemoryBudget memory;

  // Guarded by lock.
  private final Object lock = new Object();
  private final Map<String, Table> tables = new LinkedHashMap<>();
  private boolean stopping;
  private Runnable whenAllStopped;

  LocalSplits(
      SyncOptions options,
      Source source,
      Target target,
      DeadLetters deadLetters,
      Scheduler scheduler,
      TableRegistry registry,
      Consumer<Event> events,
      Consumer<Fault> onFatal) {
    this.options = options;
    this.source = source;
    this.target = target;
    this.deadLetters = deadLetters;
    this.scheduler = scheduler;
    this.registry = registry;
    this.events = events;
    this.onFatal = onFatal;
    this.memory = new MemoryBudget(options.memoryBudgetBytes());
  }

  long memoryHeldBytes() {
    return memory.heldBytes();
  }

  @Override
  public void tablePrepared(TableSchema schema) {
    TableWriter writer =
        new TableWriter(
            schema,
            target,
            deadLetters,
            scheduler,
            RetryPolicy.DEFAULT,
            registry.stats(schema.name()),
            options.writersPerTable(),
            options.changesPerWrite());
    TableFlow flow =
        new TableFlow(
            source,
            writer,
            deadLetters,
            memory,
            registry.limits(schema.name()),
            scheduler,
            RetryPolicy.DEFAULT,
            registry.stats(schema.name()));
    synchronized (lock) {
      tables.put(schema.name(), new Table(flow, writer));
    }
  }

  @Override
  public Runnable add(Command.StartSplit command) {
    synchronized (lock) {
      Table table = tables.get(command.split().table());
      if (stopping || table == null || table.whenStopped != null) {
        return () -> {};
      }
      if (command.split() instanceof Split.StreamShard) {
        table.writer.streamMode().set(command.mode());
      }
      SplitPipeline pipeline =
          new SplitPipeline(
              command.split(),
              command.from(),
              command.mode(),
              table.flow,
              new SplitListener(table));
      table.running.put(command.split().id(), pipeline);
      return pipeline::start;
    }
  }

  @Override
  public void deleteForReal(String table, Runnable done) {
    TableWriter writer;
    synchronized (lock) {
      writer = tables.get(table).writer;
    }
    writer.streamMode().deleteForReal(done);
  }

  @Override
  public void stop(String name, Runnable stopped) {
    Table table;
    List<SplitPipeline> pipelines = new ArrayList<>();
    synchronized (lock) {
      table = tables.get(name);
      if (table != null) {
        table.whenStopped = stopped;
        pipelines.addAll(table.running.values());
      }
    }
    if (table == null) {
      stopped.run();
    } else {
      pipelines.forEach(SplitPipeline::stop);
      tellIfStopped(table);
    }
  }

  @Override
  public void stopAll(Runnable stopped) {
    List<SplitPipeline> pipelines = new ArrayList<>();
    synchronized (lock) {
      stopping = true;
      whenAllStopped = whenAllStopped == null ? stopped : whenAllStopped;
      tables.values().forEach(table -> pipelines.addAll(table.running.values()));
    }
    // A paused pipeline must be able to end.
    registry.allLimits().forEach(limits -> scheduler.execute(limits.gate()::open));
    pipelines.forEach(SplitPipeline::stop);
    tellIfAllStopped();
  }

  /** Tells once, by whoever comes last. */
  private void tellIfStopped(Table table) {
    Runnable tell;
    synchronized (lock) {
      tell = table.running.isEmpty() ? table.whenStopped : null;
      if (tell == null || !tables.values().remove(table)) {
        return;
      }
    }
    tell.run();
  }

  private void tellIfAllStopped() {
    Runnable tell;
    synchronized (lock) {
      boolean running = tables.values().stream().anyMatch(table -> !table.running.isEmpty());
      tell = stopping && !running ? whenAllStopped : null;
      whenAllStopped = tell == null ? whenAllStopped : () -> {};
    }
    if (tell != null) {
      tell.run();
    }
  }

  /** Hears from the pipelines of one table. */
  private final class SplitListener implements SplitPipeline.Listener {
    private final Table table;

    SplitListener(Table table) {
      this.table = table;
    }

    @Override
    public void durable(Split split, Position position, Optional<Instant> recordTime) {
      events.accept(
          new Event.Durable(split.table(), split.id(), position, recordTime, scheduler.now()));
      if (position instanceof Position.End) {
        remove(split);
        afterRemoval();
      }
    }

    @Override
    public void caughtUp(Split split, Instant at) {
      events.accept(new Event.CaughtUp(split.table(), split.id(), at));
    }

    @Override
    public void failed(Split split, Fault fault) {
      remove(split);
      if (fault instanceof Fault.Fatal) {
        onFatal.accept(fault);
      } else {
        events.accept(new Event.SplitFault(split.table(), split.id(), fault));
      }
      afterRemoval();
    }

    @Override
    public void stopped(Split split) {
      remove(split);
      afterRemoval();
    }

    private void remove(Split split) {
      synchronized (lock) {
        table.running.remove(split.id());
      }
    }

    private void afterRemoval() {
      tellIfStopped(table);
      tellIfAllStopped();
    }
  }
}
