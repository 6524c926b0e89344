package io.nimoshake.core.engine;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.ChangeWriter;
import io.nimoshake.core.flow.MemoryBudget;
import io.nimoshake.core.flow.Scheduler;
import io.nimoshake.core.flow.SplitPipeline;
import io.nimoshake.core.flow.TableFlow;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.plan.Event;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Target.Existing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Runs splits in this process, each as a pipeline. */
public final class LocalSplits implements SplitRunner {
  /** What runs for one table. Guarded by the lock. */
  private static final class Table {
    final TableFlow flow;
    final Map<String, SplitPipeline> running = new HashMap<>();
    final Map<String, Runnable> whenSplitStopped = new HashMap<>();
    Runnable whenStopped;

    Table(TableFlow flow) {
      this.flow = flow;
    }
  }

  private final Source source;
  private final Function<TableSchema, ChangeWriter> writers;
  private final DeadLetters deadLetters;
  private final Scheduler scheduler;
  private final TableRegistry registry;
  private final Consumer<Event.OfSplit> events;
  private final Consumer<Fault> onFatal;
  private final MemoryBudget memory;

  // Guarded by lock.
  private final Object lock = new Object();
  private final Map<String, Table> tables = new LinkedHashMap<>();
  private boolean stopping;
  private Runnable whenAllStopped;

  /**
   * @param writers makes the writer of a table that is prepared
   * @param events takes what becomes durable, and faults of tables
   */
  public LocalSplits(
      Source source,
      Function<TableSchema, ChangeWriter> writers,
      DeadLetters deadLetters,
      MemoryBudget memory,
      Scheduler scheduler,
      TableRegistry registry,
      Consumer<Event.OfSplit> events,
      Consumer<Fault> onFatal) {
    this.source = source;
    this.writers = writers;
    this.deadLetters = deadLetters;
    this.memory = memory;
    this.scheduler = scheduler;
    this.registry = registry;
    this.events = events;
    this.onFatal = onFatal;
  }

  @Override
  public void tablePrepared(TableSchema schema, Existing existing) {
    TableFlow flow =
        new TableFlow(
            source,
            writers.apply(schema),
            deadLetters,
            memory,
            registry.limits(schema.name()),
            scheduler,
            RetryPolicy.DEFAULT,
            registry.stats(schema.name()));
    synchronized (lock) {
      tables.put(schema.name(), new Table(flow));
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
        table.flow.writer().streamMode().set(command.mode());
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
  public void deleteForReal(String name, Runnable done) {
    Table table;
    synchronized (lock) {
      table = tables.get(name);
    }
    if (table == null) {
      done.run();
    } else {
      table.flow.writer().streamMode().deleteForReal(done);
    }
  }

  /**
   * Stops one split; its last position was posted before this calls back.
   *
   * @param stopped called once when it is not running any more; not at all if it ends or fails
   *     first
   */
  public void stop(String table, String splitId, Runnable stopped) {
    SplitPipeline pipeline;
    synchronized (lock) {
      Table t = tables.get(table);
      pipeline = t == null ? null : t.running.get(splitId);
      if (pipeline == null) {
        return;
      }
      t.whenSplitStopped.put(splitId, stopped);
    }
    pipeline.stop();
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
      Runnable tell = remove(split);
      if (tell != null) {
        tell.run();
      }
      afterRemoval();
    }

    private Runnable remove(Split split) {
      synchronized (lock) {
        table.running.remove(split.id());
        return table.whenSplitStopped.remove(split.id());
      }
    }

    private void afterRemoval() {
      tellIfStopped(table);
      tellIfAllStopped();
    }
  }
}
