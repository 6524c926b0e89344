package io.nimoshake.core.engine;

import io.nimoshake.core.checkpoint.Checkpoint;
import io.nimoshake.core.checkpoint.CheckpointWriter;
import io.nimoshake.core.checkpoint.LeaseKeeper;
import io.nimoshake.core.checkpoint.LeaseRenewal;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.Scheduler;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.plan.Event;
import io.nimoshake.core.plan.PlanOptions;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.SyncPlan;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the plan: feeds it with what happens, does what it says, keeps checkpoint and lease. What it
 * says of splits is done by a {@link SplitRunner}; all else is the same in every host. The plan is
 * guarded by one lock, which is never held over I/O; blocking work runs on the scheduler.
 */
public final class PlanHost {
  private static final Logger LOG = LoggerFactory.getLogger(PlanHost.class);

  /** How long splits may take to stop when one of them may never do so. */
  private static final Duration WAIT_AFTER_BUG = Duration.ofSeconds(2);

  /** One table as of its last preparation. Guarded by the lock, but for what is volatile. */
  private static final class Table {
    final TableSchema schema;
    boolean stopAsked;

    /** Whether its splits have stopped, after that was asked. */
    boolean splitsStopped;

    /** Whether its tombstones are being purged and its indexes built. */
    boolean finishing;

    /** Whether the store knows of this table. */
    volatile boolean recorded;

    Table(TableSchema schema) {
      this.schema = schema;
    }
  }

  private final SyncOptions options;
  private final Target target;
  private final CheckpointStore store;
  private final LeaseKeeper lease;
  private final LeaseRenewal renewal;
  private final Scheduler scheduler;
  private final TableRegistry registry;
  private final SplitRunner splits;
  private final TableWork work;
  private final CheckpointWriter checkpoints;
  private final Command.Handler handler = new Commands();
  private final CompletableFuture<SyncResult> done = new CompletableFuture<>();

  // Guarded by lock.
  private final Object lock = new Object();
  private final ArrayDeque<Event> events = new ArrayDeque<>();
  private final Map<String, Table> tables = new HashMap<>();
  private final Map<String, Fault> failed = new LinkedHashMap<>();

  /** All that the plan has saved until now, stored already or not. */
  private final Checkpoint checkpoint = new Checkpoint();

  private SyncPlan plan;
  private boolean draining;
  private boolean stopping;
  private boolean splitsStopped;
  private boolean toldStopped;
  private boolean stoppedByUser;
  private Fault fatal;

  /**
   * @param lease of this process, acquired
   * @param splits runs the splits; it may post before this constructor's caller goes on
   */
  public PlanHost(
      SyncOptions options,
      Source source,
      Target target,
      CheckpointStore store,
      LeaseKeeper lease,
      Scheduler scheduler,
      TableRegistry registry,
      SplitRunner splits) {
    this.options = options;
    this.target = target;
    this.store = store;
    this.lease = lease;
    this.renewal = new LeaseRenewal(lease, scheduler, registry.sync(), this::fail);
    this.scheduler = scheduler;
    this.registry = registry;
    this.splits = splits;
    this.work =
        new TableWork(
            options, source, target, scheduler, registry, this::isStopping, this::post, this::fail);
    this.checkpoints =
        new CheckpointWriter(
            store,
            lease::fence,
            scheduler,
            options.checkpointInterval(),
            registry.sync(),
            this::fail);
  }

  /** Loads the checkpoint and begins; what follows happens on the scheduler. */
  public void start() throws Fault {
    List<CheckpointEntry> stored = store.load();
    SyncPlan restored = new SyncPlan(planOptions(), stored);
    synchronized (lock) {
      checkpoint.apply(stored);
      plan = restored;
      List<Command> commands = plan.start();
      scheduler.execute(() -> commands.forEach(command -> command.to(handler)));
    }
    scheduleTick();
    renewal.start();
  }

  /** Completed when the sync is over, never exceptionally. */
  public CompletableFuture<SyncResult> done() {
    return done;
  }

  /** Drains: ends the writes under way, saves the checkpoint, gives the lease back. */
  public void stop() {
    synchronized (lock) {
      stoppedByUser |= !stopping;
    }
    shutDown();
  }

  /** Where each table and split is. */
  public List<PlanView.Table> view() {
    synchronized (lock) {
      return plan == null ? List.of() : plan.view();
    }
  }

  /** Whether every table is past its copy. */
  public boolean isCopied() {
    synchronized (lock) {
      return plan != null && plan.isCopied();
    }
  }

  /** Whether it drains, or is over. */
  public boolean isStopping() {
    synchronized (lock) {
      return stopping;
    }
  }

  /** Why all of it ends, if it cannot go on. */
  public Optional<Fault> fatal() {
    synchronized (lock) {
      return Optional.ofNullable(fatal);
    }
  }

  /** When the lease runs out unless it is renewed. */
  public Instant leaseExpires() {
    return lease.expires();
  }

  /** Items the service says a table holds; empty before it was asked. */
  public Optional<Long> approximateItems(String table) {
    synchronized (lock) {
      return Optional.ofNullable(tables.get(table)).map(t -> t.schema.approximateItems());
    }
  }

  /** Successful saves so far. */
  public long checkpointSaves() {
    return checkpoints.saves();
  }

  /**
   * All that the plan has saved until now, stored already or not: a plan made from it goes on from
   * here.
   */
  public List<CheckpointEntry> snapshot() {
    synchronized (lock) {
      return checkpoint.entries();
    }
  }

  private PlanOptions planOptions() {
    return new PlanOptions(
        options.mode() != SyncOptions.Mode.INCR,
        options.mode() != SyncOptions.Mode.FULL,
        options.streamDuringCopy(),
        target.capabilities().insertIfAbsent(),
        options.existing(),
        options.schemaOnly(),
        options.tablesAtATime(),
        options.onGap() == SyncOptions.OnGap.RESYNC,
        target.capabilities().swap());
  }

  // --- events in, commands out ---------------------------------------------------------------

  /** Tells the plan what happened. */
  public void post(Event event) {
    synchronized (lock) {
      if (stopping && !(event instanceof Event.Durable)) {
        return;
      }
      events.add(event);
      if (draining) {
        return;
      }
      draining = true;
    }
    drainEvents();
  }

  private void drainEvents() {
    while (true) {
      List<Command> commands;
      boolean obey;
      synchronized (lock) {
        Event event = events.poll();
        if (event == null) {
          draining = false;
          break;
        }
        commands = plan.on(event);
        for (Command command : commands) {
          if (command instanceof Command.Save save) {
            checkpoint.apply(save.entry());
          }
        }
        obey = !stopping;
      }
      for (Command command : commands) {
        // While draining only what is durable still counts.
        if (obey || command instanceof Command.Save) {
          command.to(handler);
        }
      }
    }
    finishIfStopped();
  }

  /** Carries out the plan's commands. */
  private final class Commands implements Command.Handler {
    @Override
    public void save(Command.Save command) {
      checkpoints.add(command.entry(), command.soon());
    }

    @Override
    public void startSplit(Command.StartSplit command) {
      PlanHost.this.startSplit(command);
    }

    @Override
    public void listShards(Command.ListShards command) {
      work.listShards(command);
    }

    @Override
    public void prepareTable(Command.PrepareTable command) {
      // What is dropped must not be relied on any more by what is stored.
      checkpoints.flush(
          () ->
              scheduler.execute(
                  () -> work.prepare(command, schema -> prepared(schema, command.existing()))));
    }

    @Override
    public void deleteForReal(Command.DeleteForReal command) {
      splits.deleteForReal(command.table(), () -> post(new Event.DeletesAreReal(command.table())));
    }

    @Override
    public void finishTable(Command.FinishTable command) {
      PlanHost.this.finishTable(command);
    }

    @Override
    public void swapTable(Command.SwapTable command) {
      checkpoints.flush(() -> work.swap(command.table()));
    }

    @Override
    public void findStream(Command.FindStream command) {
      work.findStream(command.table());
    }

    @Override
    public void stopTable(Command.StopTable command) {
      PlanHost.this.stopTable(command.table());
    }

    @Override
    public void listTables(Command.ListTables command) {
      work.listTables();
    }

    @Override
    public void giveUp(Command.GiveUp command) {
      PlanHost.this.giveUp(command);
    }

    @Override
    public void tell(Command.Tell command) {
      switch (command.level()) {
        case WARN -> LOG.warn("table {}: {}", command.table(), command.message());
        case INFO -> LOG.info("table {}: {}", command.table(), command.message());
      }
    }

    @Override
    public void complete(Command.Complete command) {
      shutDown();
    }
  }

  private Table table(String name) {
    synchronized (lock) {
      return tables.get(name);
    }
  }

  // --- tables --------------------------------------------------------------------------------

  private void prepared(TableSchema schema, Target.Existing existing) {
    synchronized (lock) {
      tables.put(schema.name(), new Table(schema));
    }
    splits.tablePrepared(schema, existing);
  }

  private void startSplit(Command.StartSplit command) {
    Table table = table(command.split().table());
    Runnable begin = splits.add(command);
    // Nothing is written for a table before the store knows that its copy has begun: what an
    // earlier attempt of this sync had left there would be taken for documents of others.
    if (table == null || table.recorded) {
      begin.run();
    } else {
      checkpoints.flush(
          () -> {
            table.recorded = true;
            begin.run();
          });
    }
  }

  private void finishTable(Command.FinishTable command) {
    Table table;
    synchronized (lock) {
      table = tables.get(command.table());
      table.finishing = true;
    }
    work.finish(table.schema, command, () -> !isStopAsked(table), () -> finished(table));
  }

  private void finished(Table table) {
    boolean stopAsked;
    synchronized (lock) {
      table.finishing = false;
      stopAsked = table.stopAsked;
    }
    if (stopAsked) {
      // Only now: a new copy of the table has tombstones of its own.
      tellIfStopped(table);
    } else {
      post(new Event.TableFinished(table.schema.name()));
    }
  }

  private boolean isStopAsked(Table table) {
    synchronized (lock) {
      return table.stopAsked;
    }
  }

  private void stopTable(String name) {
    Table table;
    synchronized (lock) {
      table = tables.get(name);
      if (table != null) {
        table.stopAsked = true;
      }
    }
    if (table == null) {
      post(new Event.TableStopped(name));
    } else {
      splits.stop(
          name,
          () -> {
            synchronized (lock) {
              table.splitsStopped = true;
            }
            tellIfStopped(table);
          });
    }
  }

  /** Tells the plan once, by whoever comes last. */
  private void tellIfStopped(Table table) {
    synchronized (lock) {
      boolean idle = table.splitsStopped && !table.finishing;
      if (!idle || !tables.remove(table.schema.name(), table)) {
        return;
      }
    }
    post(new Event.TableStopped(table.schema.name()));
  }

  private void giveUp(Command.GiveUp command) {
    LOG.error("table {} has failed: {}", command.table(), command.fault().getMessage());
    synchronized (lock) {
      failed.put(command.table(), command.fault());
    }
  }

  private void scheduleTick() {
    scheduler.after(
        options.discoveryInterval(),
        () -> {
          if (!isStopping()) {
            post(new Event.Tick(scheduler.now()));
            scheduleTick();
          }
        });
  }

  // --- the end -------------------------------------------------------------------------------

  /** Ends the sync because of something that no code expects. */
  public void bug(Throwable bug) {
    LOG.error("unexpected failure: this is a bug", bug);
    fail(new Fault.Fatal("unexpected failure: " + bug, bug));
    // What ended in it may leave a split that never says that it has stopped; nothing is saved now.
    scheduler.after(WAIT_AFTER_BUG, this::complete);
  }

  /** Ends the sync because it cannot go on. */
  public void fail(Fault fault) {
    synchronized (lock) {
      if (fatal == null) {
        fatal = fault;
        registry.sync().failures.failed("ending", fault, scheduler.now());
        LOG.error("cannot go on: {}", fault.getMessage());
      }
    }
    shutDown();
  }

  private void shutDown() {
    synchronized (lock) {
      stopping = true;
    }
    splits.stopAll(
        () -> {
          synchronized (lock) {
            splitsStopped = true;
          }
          finishIfStopped();
        });
  }

  private void finishIfStopped() {
    boolean save;
    synchronized (lock) {
      if (!splitsStopped || draining || !events.isEmpty() || toldStopped) {
        return;
      }
      toldStopped = true;
      save = fatal == null;
    }
    if (save) {
      checkpoints.flush(() -> scheduler.execute(this::releaseLease));
    } else {
      // Whether the lease is still ours is not sure: nothing is saved, the next run replays.
      complete();
    }
  }

  private void releaseLease() {
    try {
      lease.release();
    } catch (Fault f) {
      LOG.warn("the lease could not be given back; it runs out by itself: {}", f.getMessage());
    }
    complete();
  }

  private void complete() {
    renewal.end();
    SyncResult result;
    synchronized (lock) {
      result = new SyncResult(stoppedByUser, failed, Optional.ofNullable(fatal));
    }
    done.complete(result);
  }
}
