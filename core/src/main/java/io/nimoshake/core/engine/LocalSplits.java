package io.nimoshake.core.engine;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.ChangeWriter;
import io.nimoshake.core.flow.MemoryBudget;
import io.nimoshake.core.flow.Permits;
import io.nimoshake.core.flow.Scheduler;
import io.nimoshake.core.flow.SplitListener;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Runs splits in this process, each as a pipeline. The events of a split are always posted before
 * the split counts as stopped. So whoever waits for the stop has received all of them by then.
 */
public final class LocalSplits implements SplitRunner {
  /** What runs for one table. Guarded by the lock. */
  private static final class Table {
    final TableFlow flow;
    final Map<String, RunningSplit> running = new HashMap<>();

    /** Called when no split runs any more; empty unless the table is being stopped. */
    Optional<Runnable> whenStopped = Optional.empty();

    Table(TableFlow flow) {
      this.flow = flow;
    }
  }

  /**
   * How long the end of everything waits for reads. What they bring is not needed any more, and a
   * source that does not answer must not keep the process from ending in time.
   */
  static final Duration READS_MAY_TAKE = Duration.ofSeconds(3);

  private enum Life {
    RUNNING,
    /** Everything is being stopped. */
    STOPPING,
    /** No split runs, and whoever asked for the stop was told. */
    STOPPED
  }

  private final Source source;
  private final Function<TableSchema, ChangeWriter> writers;
  private final DeadLetters deadLetters;
  private final Scheduler scheduler;
  private final RetryPolicy retryPolicy;
  private final TableRegistry registry;
  private final Consumer<Event.OfSplit> events;
  private final Consumer<Fault> onFatal;
  private final MemoryBudget memory;

  // Guarded by lock.
  private final Object lock = new Object();
  private final Map<String, Table> tables = new LinkedHashMap<>();
  private Life life = Life.RUNNING;
  private Optional<Runnable> whenAllStopped = Optional.empty();

  /**
   * @param writers makes the writer of a table that is prepared
   * @param events takes what splits report
   */
  public LocalSplits(
      Source source,
      Function<TableSchema, ChangeWriter> writers,
      DeadLetters deadLetters,
      MemoryBudget memory,
      Scheduler scheduler,
      RetryPolicy retryPolicy,
      TableRegistry registry,
      Consumer<Event.OfSplit> events,
      Consumer<Fault> onFatal) {
    this.source = source;
    this.writers = writers;
    this.deadLetters = deadLetters;
    this.memory = memory;
    this.scheduler = scheduler;
    this.retryPolicy = retryPolicy;
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
            memory.share(),
            new Permits(scheduler.readsOfATable()),
            registry.limits(schema.name()),
            registry.freeze(),
            scheduler,
            retryPolicy,
            registry.stats(schema.name()));
    Table before;
    synchronized (lock) {
      before = tables.put(schema.name(), new Table(flow));
    }
    if (before != null) {
      before.flow.memory().close();
    }
  }

  @Override
  public Runnable add(Command.StartSplit command) {
    synchronized (lock) {
      Table table = tables.get(command.split().table());
      if (life != Life.RUNNING || table == null || table.whenStopped.isPresent()) {
        return () -> {};
      }
      if (command.split() instanceof Split.OfStream) {
        table.flow.writer().streamMode().set(command.mode());
      }
      RunningSplit running = new RunningSplit(table, command);
      table.running.put(command.split().id(), running);
      return running.pipeline::start;
    }
  }

  @Override
  public void deleteForReal(String name, BooleanSupplier wanted, Runnable done) {
    Table table;
    synchronized (lock) {
      table = tables.get(name);
    }
    if (!wanted.getAsBoolean()) {
      return;
    }
    if (table == null) {
      done.run();
    } else {
      table.flow.writer().streamMode().deleteForReal(done);
    }
  }

  /**
   * Stops one split. Its last position is posted before {@code stopped} is called.
   *
   * @param stopped called once when it is not running any more; not at all if it ends or fails
   *     first
   */
  public void stop(String table, String splitId, Runnable stopped) {
    SplitPipeline pipeline;
    synchronized (lock) {
      RunningSplit split =
          tables.containsKey(table) ? tables.get(table).running.get(splitId) : null;
      if (split == null) {
        return;
      }
      split.whenStopped = Optional.of(stopped);
      pipeline = split.pipeline;
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
        table.whenStopped = Optional.of(stopped);
        table.running.values().forEach(split -> pipelines.add(split.pipeline));
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
      if (life == Life.RUNNING) {
        life = Life.STOPPING;
        whenAllStopped = Optional.of(stopped);
      }
      for (Table table : tables.values()) {
        table.running.values().forEach(split -> pipelines.add(split.pipeline));
      }
    }
    // A pipeline that waits at the gate of a paused table must be able to end.
    registry.allLimits().forEach(limits -> scheduler.control().execute(limits.gate()::open));
    pipelines.forEach(SplitPipeline::stop);
    scheduler.control().after(READS_MAY_TAKE, () -> pipelines.forEach(SplitPipeline::abandonRead));
    tellIfAllStopped();
  }

  /** Tells that a table has stopped; once, by whoever ends last. */
  private void tellIfStopped(Table table) {
    Optional<Runnable> tell;
    synchronized (lock) {
      tell = table.running.isEmpty() ? table.whenStopped : Optional.empty();
      if (tell.isEmpty() || !tables.values().remove(table)) {
        return;
      }
    }
    table.flow.memory().close();
    tell.get().run();
  }

  private void tellIfAllStopped() {
    synchronized (lock) {
      boolean running = tables.values().stream().anyMatch(table -> !table.running.isEmpty());
      if (life != Life.STOPPING || running) {
        return;
      }
      life = Life.STOPPED;
    }
    whenAllStopped.orElseThrow().run();
  }

  /** A split that runs, and hears from its pipeline. */
  private final class RunningSplit implements SplitListener {
    final Table table;
    final SplitPipeline pipeline;

    /**
     * Called when it has stopped; empty unless a stop of this split alone was asked for. Guarded by
     * the lock.
     */
    Optional<Runnable> whenStopped = Optional.empty();

    RunningSplit(Table table, Command.StartSplit command) {
      this.table = table;
      this.pipeline =
          new SplitPipeline(command.split(), command.from(), command.mode(), table.flow, this);
    }

    @Override
    public void durable(
        Split split, Position position, Optional<Instant> recordTime, Optional<Instant> begun) {
      events.accept(
          new Event.Durable(
              split.table(), split.id(), position, recordTime, begun, scheduler.now()));
      if (position instanceof Position.End) {
        remove();
        tellIfLast();
      }
    }

    @Override
    public void caughtUp(Split split, Instant at) {
      events.accept(new Event.CaughtUp(split.table(), split.id(), at));
    }

    @Override
    public void readEmpty(Split split, Instant begun) {
      events.accept(new Event.ReadEmpty(split.table(), split.id(), begun));
    }

    @Override
    public void failed(Split split, Fault fault) {
      if (fault instanceof Fault.Fatal) {
        onFatal.accept(fault);
      } else {
        events.accept(new Event.SplitFault(split.table(), split.id(), fault));
      }
      remove();
      tellIfLast();
    }

    @Override
    public void stopped(Split split) {
      remove().ifPresent(Runnable::run);
      tellIfLast();
    }

    /** Removes this run; another run of the same split may have been added since and stays. */
    private Optional<Runnable> remove() {
      synchronized (lock) {
        table.running.remove(pipeline.split().id(), this);
        return whenStopped;
      }
    }

    private void tellIfLast() {
      tellIfStopped(table);
      tellIfAllStopped();
    }
  }
}
