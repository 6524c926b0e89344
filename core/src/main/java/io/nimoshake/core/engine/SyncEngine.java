package io.nimoshake.core.engine;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.MemoryBudget;
import io.nimoshake.core.flow.Scheduler;
import io.nimoshake.core.flow.SplitPipeline;
import io.nimoshake.core.flow.TableFlow;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.flow.TableWriter;
import io.nimoshake.core.flow.Troubles;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.plan.Event;
import io.nimoshake.core.plan.PlanOptions;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.SyncPlan;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.core.port.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a sync in this process: feeds the plan with what happens and does what it says. The plan and
 * the tables are guarded by one lock, which is never held over I/O; blocking work runs on the
 * scheduler.
 */
public final class SyncEngine {
  private static final Logger LOG = LoggerFactory.getLogger(SyncEngine.class);

  /** A listing that lacks something is repeated after a moment, later each time. */
  private static final RetryPolicy LOOK_AGAIN =
      new RetryPolicy(Duration.ofMillis(100), Duration.ofSeconds(5));

  /** Failed tries to renew a lease after which its end is the end. */
  private static final int RENEWALS = 10;

  private static final String RENEWING = "renewing the lease";

  private final SyncOptions options;
  private final Source source;
  private final Target target;
  private final CheckpointStore store;
  private final DeadLetters deadLetters;
  private final LeaseKeeper lease;
  private final Scheduler scheduler;
  private final Function<String, TableLimits> limits;
  private final RetryPolicy retryPolicy;
  private final MemoryBudget memory;
  private final CheckpointWriter checkpoints;

  /** Those of no table. */
  private final Troubles troubles = new Troubles();

  private final CompletableFuture<SyncResult> done = new CompletableFuture<>();

  // Guarded by lock.
  private final Object lock = new Object();
  private final ArrayDeque<Event> events = new ArrayDeque<>();
  private final Map<String, TableHost> hosts = new LinkedHashMap<>();
  private final Map<String, TableStats> stats = new LinkedHashMap<>();
  private final Map<String, TableLimits> tableLimits = new LinkedHashMap<>();
  private final Map<String, Fault> failed = new LinkedHashMap<>();
  private SyncPlan plan;
  private boolean draining;
  private boolean stopping;
  private boolean toldStopped;
  private boolean stoppedByUser;
  private Fault fatal;

  /**
   * @param lease of this process, acquired
   * @param limits the limits a table starts with
   */
  public SyncEngine(
      SyncOptions options,
      Source source,
      Target target,
      CheckpointStore store,
      DeadLetters deadLetters,
      LeaseKeeper lease,
      Scheduler scheduler,
      Function<String, TableLimits> limits) {
    this.options = options;
    this.source = source;
    this.target = target;
    this.store = store;
    this.deadLetters = deadLetters;
    this.lease = lease;
    this.scheduler = scheduler;
    this.limits = limits;
    this.retryPolicy = RetryPolicy.DEFAULT;
    this.memory = new MemoryBudget(options.memoryBudgetBytes());
    this.checkpoints =
        new CheckpointWriter(
            store, lease::fence, scheduler, options.checkpointInterval(), troubles, this::onFatal);
    if (scheduler instanceof ThreadScheduler threads) {
      threads.onBug(this::onBug);
    }
  }

  /** Loads the checkpoint and begins; what follows happens on the scheduler. */
  public void start() throws Fault {
    SyncPlan restored = new SyncPlan(planOptions(), store.load());
    synchronized (lock) {
      plan = restored;
      List<Command> commands = plan.start();
      scheduler.execute(() -> commands.forEach(this::carryOut));
    }
    scheduleTick();
    scheduler.after(lease.renewEvery(), this::renewLease);
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

  /** The state now. */
  public SyncView view() {
    synchronized (lock) {
      List<SyncView.TableView> tables = new ArrayList<>();
      for (PlanView.Table table : plan == null ? List.<PlanView.Table>of() : plan.view()) {
        Optional<Long> items =
            Optional.ofNullable(hosts.get(table.name())).map(h -> h.schema.approximateItems());
        tables.add(
            new SyncView.TableView(table, items, statsOf(table.name()), limitsOf(table.name())));
      }
      return new SyncView(
          tables,
          plan != null && plan.isCopied(),
          stopping,
          memory.heldBytes(),
          Optional.of(lease.expires()),
          Optional.ofNullable(fatal),
          troubles.recent());
    }
  }

  /** Successful saves so far. */
  public long checkpointSaves() {
    return checkpoints.saves();
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

  private TableStats statsOf(String table) {
    return stats.computeIfAbsent(table, name -> new TableStats());
  }

  private TableLimits limitsOf(String table) {
    return tableLimits.computeIfAbsent(table, limits);
  }

  // --- events in, commands out ---------------------------------------------------------------

  private void post(Event event) {
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
        obey = !stopping;
      }
      for (Command command : commands) {
        // While draining only what is durable still counts.
        if (obey || command instanceof Command.Save) {
          carryOut(command);
        }
      }
    }
    finishIfStopped();
  }

  private void carryOut(Command command) {
    if (command instanceof Command.Save c) {
      checkpoints.add(c.entry(), c.soon());
    } else if (command instanceof Command.StartSplit c) {
      startSplit(c);
    } else if (command instanceof Command.ListShards c) {
      listShards(c);
    } else if (command instanceof Command.PrepareTable c) {
      // What is dropped must not be relied on any more by what is stored.
      checkpoints.flush(() -> scheduler.execute(() -> describe(c)));
    } else if (command instanceof Command.DeleteForReal c) {
      host(c.table()).flow.writer().deleteForReal(() -> post(new Event.DeletesAreReal(c.table())));
    } else if (command instanceof Command.FinishTable c) {
      finishTable(c);
    } else if (command instanceof Command.SwapTable c) {
      checkpoints.flush(() -> swapTable(c.table()));
    } else if (command instanceof Command.FindStream c) {
      attempt(
          c.table(),
          "looking for its stream",
          () -> post(new Event.StreamFound(c.table(), source.currentStream(c.table()))));
    } else if (command instanceof Command.StopTable c) {
      stopTable(c.table());
    } else if (command instanceof Command.ListTables) {
      listTables();
    } else if (command instanceof Command.GiveUp c) {
      giveUp(c);
    } else if (command instanceof Command.Tell c) {
      if (c.level() == Command.Level.WARN) {
        LOG.warn("table {}: {}", c.table(), c.message());
      } else {
        LOG.info("table {}: {}", c.table(), c.message());
      }
    } else if (command instanceof Command.Complete) {
      shutDown();
    }
  }

  private TableHost host(String table) {
    synchronized (lock) {
      return hosts.get(table);
    }
  }

  // --- tables --------------------------------------------------------------------------------

  private void listTables() {
    attempt(
        "",
        "listing tables",
        () ->
            post(
                new Event.TablesListed(
                    source.listTables().stream().filter(options.tables()).toList())));
  }

  private void describe(Command.PrepareTable command) {
    attempt(
        command.table(),
        "describing it",
        () -> {
          TableSchema schema = source.describe(command.table());
          if (command.stream()) {
            ensureStream(command, schema, 1);
          } else {
            prepareTarget(command, schema, Optional.empty());
          }
        });
  }

  private void ensureStream(Command.PrepareTable command, TableSchema schema, int look) {
    attempt(
        command.table(),
        "enabling its stream",
        () -> {
          Optional<StreamHandle> stream = source.ensureStream(command.table());
          if (stream.isPresent()) {
            prepareTarget(command, schema, stream);
          } else {
            scheduler.after(
                LOOK_AGAIN.delay(look, scheduler.random()),
                () -> ensureStream(command, schema, look + 1));
          }
        });
  }

  private void prepareTarget(
      Command.PrepareTable command, TableSchema schema, Optional<StreamHandle> stream) {
    attempt(
        command.table(),
        "preparing its collection",
        () -> {
          Target.Prepared prepared = target.prepare(schema, command.existing());
          synchronized (lock) {
            hosts.put(command.table(), newHost(schema));
          }
          int segments = options.segments().orElseGet(() -> Segments.auto(schema));
          post(new Event.TablePrepared(command.table(), segments, prepared.fresh(), stream));
        });
  }

  private TableHost newHost(TableSchema schema) {
    TableStats tableStats = statsOf(schema.name());
    TableWriter writer =
        new TableWriter(
            schema,
            target,
            deadLetters,
            scheduler,
            retryPolicy,
            tableStats,
            options.writersPerTable(),
            options.changesPerWrite());
    return new TableHost(
        schema,
        new TableFlow(
            source,
            writer,
            deadLetters,
            memory,
            limitsOf(schema.name()),
            scheduler,
            retryPolicy,
            tableStats));
  }

  private void finishTable(Command.FinishTable command) {
    TableHost host = host(command.table());
    synchronized (lock) {
      host.finishing = true;
    }
    attempt(
        command.table(),
        "building its indexes",
        () -> {
          if (!isStopAsked(host)) {
            if (command.purge()) {
              target.purgeTombstones(host.schema);
            }
            target.finish(host.schema);
          }
          finished(host);
        });
  }

  private void finished(TableHost host) {
    boolean stopAsked;
    synchronized (lock) {
      host.finishing = false;
      stopAsked = host.stopAsked;
    }
    if (stopAsked) {
      // Only now: a new copy of the table has tombstones of its own.
      tellIfStopped(host);
    } else {
      post(new Event.TableFinished(host.schema.name()));
    }
  }

  private boolean isStopAsked(TableHost host) {
    synchronized (lock) {
      return host.stopAsked;
    }
  }

  private void swapTable(String table) {
    attempt(
        table,
        "putting its new copy in place",
        () -> {
          target.swapIn(source.describe(table));
          post(new Event.TableSwapped(table));
        });
  }

  private void giveUp(Command.GiveUp command) {
    LOG.error("table {} has failed: {}", command.table(), command.fault().getMessage());
    synchronized (lock) {
      failed.put(command.table(), command.fault());
    }
  }

  // --- splits --------------------------------------------------------------------------------

  private void listShards(Command.ListShards command) {
    Duration wait =
        command.attempt() == 1
            ? Duration.ZERO
            : LOOK_AGAIN.delay(command.attempt() - 1, scheduler.random());
    Runnable list =
        () ->
            attempt(
                command.table(),
                "listing its shards",
                () ->
                    post(
                        new Event.ShardsListed(
                            command.table(),
                            command.streamArn(),
                            source.listShards(
                                command.table(), command.streamArn(), command.childrenOf()))));
    if (wait.isZero()) {
      list.run();
    } else {
      scheduler.after(wait, list);
    }
  }

  private void startSplit(Command.StartSplit command) {
    SplitPipeline pipeline;
    synchronized (lock) {
      TableHost host = hosts.get(command.split().table());
      if (stopping || host == null || host.stopAsked) {
        return;
      }
      if (command.split() instanceof Split.StreamShard) {
        host.flow.writer().setStreamMode(command.mode());
      }
      pipeline =
          new SplitPipeline(
              command.split(), command.from(), command.mode(), host.flow, new SplitListener(host));
      host.running.put(command.split().id(), pipeline);
    }
    startWhenRecorded(pipeline);
  }

  /**
   * Nothing is written for a table before the store knows that its copy has begun: what an earlier
   * attempt of this sync had left there would be taken for documents of others.
   */
  private void startWhenRecorded(SplitPipeline pipeline) {
    TableHost host = host(pipeline.split().table());
    if (host == null || host.recorded) {
      pipeline.start();
    } else {
      checkpoints.flush(
          () -> {
            host.recorded = true;
            pipeline.start();
          });
    }
  }

  private void stopTable(String table) {
    TableHost host;
    List<SplitPipeline> pipelines = List.of();
    synchronized (lock) {
      host = hosts.get(table);
      if (host != null) {
        host.stopAsked = true;
        pipelines = host.pipelines();
      }
    }
    pipelines.forEach(SplitPipeline::stop);
    if (host == null) {
      post(new Event.TableStopped(table));
    } else {
      tellIfStopped(host);
    }
  }

  /** Tells the plan once, by whoever comes last. */
  private void tellIfStopped(TableHost host) {
    String table = host.schema.name();
    synchronized (lock) {
      boolean idle = host.stopAsked && host.running.isEmpty() && !host.finishing;
      if (!idle || !hosts.remove(table, host)) {
        return;
      }
    }
    post(new Event.TableStopped(table));
  }

  /** Hears from the pipelines of one table. */
  private final class SplitListener implements SplitPipeline.Listener {
    private final TableHost host;

    SplitListener(TableHost host) {
      this.host = host;
    }

    @Override
    public void durable(Split split, Position position, Optional<Instant> recordTime) {
      post(new Event.Durable(split.table(), split.id(), position, recordTime, scheduler.now()));
      if (position instanceof Position.End) {
        remove(split);
        afterRemoval();
      }
    }

    @Override
    public void caughtUp(Split split, Instant at) {
      post(new Event.CaughtUp(split.table(), split.id(), at));
    }

    @Override
    public void failed(Split split, Fault fault) {
      remove(split);
      if (fault instanceof Fault.Fatal) {
        onFatal(fault);
      } else {
        troublesOf(split.table()).failed("working on " + split.id(), fault, scheduler.now());
        post(new Event.TableFault(split.table(), fault));
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
        host.running.remove(split.id());
      }
    }

    private void afterRemoval() {
      tellIfStopped(host);
      finishIfStopped();
    }
  }

  // --- time ----------------------------------------------------------------------------------

  private void scheduleTick() {
    scheduler.after(
        options.discoveryInterval(),
        () -> {
          synchronized (lock) {
            if (stopping) {
              return;
            }
          }
          post(new Event.Tick(scheduler.now()));
          scheduleTick();
        });
  }

  private void renewLease() {
    renewLease(1);
  }

  private void renewLease(int attempt) {
    synchronized (lock) {
      if (done.isDone()) {
        return;
      }
    }
    Instant now = scheduler.now();
    try {
      lease.renew(now);
      if (attempt > 1) {
        troubles.succeeded(RENEWING);
      }
      scheduler.after(lease.renewEvery(), this::renewLease);
    } catch (Fault f) {
      troubles.failing(RENEWING, f, now);
      if (!f.isRetryable()) {
        onFatal(f);
      } else if (attempt >= RENEWALS && !now.isBefore(lease.expires())) {
        // Several tries: a machine that was suspended wakes up with a lease that has run out.
        onFatal(new Fault.Fatal("the lease ran out and cannot be renewed: " + f.getMessage(), f));
      } else {
        scheduler.after(Duration.ofSeconds(1), () -> renewLease(attempt + 1));
      }
    }
  }

  // --- work that may be tried again ----------------------------------------------------------

  private interface Work {
    void run() throws Fault;
  }

  private void attempt(String table, String activity, Work work) {
    scheduler.execute(() -> attempt(table, activity, work, 1));
  }

  private void attempt(String table, String activity, Work work, int attempt) {
    synchronized (lock) {
      if (stopping) {
        return;
      }
    }
    try {
      work.run();
      if (attempt > 1) {
        troublesOf(table).succeeded(activity);
      }
    } catch (Fault f) {
      if (f.isRetryable()) {
        troublesOf(table).failing(activity, f, scheduler.now());
        if (!table.isEmpty()) {
          synchronized (lock) {
            statsOf(table).managing.count(f);
          }
        }
        if (attempt == 3) {
          LOG.warn("table {}: {} is held up, trying on: {}", table, activity, f.getMessage());
        }
        scheduler.after(
            retryPolicy.delay(attempt, scheduler.random()),
            () -> attempt(table, activity, work, attempt + 1));
      } else if (f instanceof Fault.Fatal || table.isEmpty()) {
        onFatal(f);
      } else {
        troublesOf(table).failed(activity, f, scheduler.now());
        post(new Event.TableFault(table, f));
      }
    }
  }

  private Troubles troublesOf(String table) {
    synchronized (lock) {
      return table.isEmpty() ? troubles : statsOf(table).troubles;
    }
  }

  // --- the end -------------------------------------------------------------------------------

  private void onBug(Throwable bug) {
    LOG.error("unexpected failure: this is a bug", bug);
    onFatal(new Fault.Fatal("unexpected failure: " + bug, bug));
  }

  private void onFatal(Fault fault) {
    synchronized (lock) {
      if (fatal == null) {
        fatal = fault;
        troubles.failed("ending", fault, scheduler.now());
        LOG.error("cannot go on: {}", fault.getMessage());
      }
    }
    shutDown();
  }

  private void shutDown() {
    List<SplitPipeline> pipelines = new ArrayList<>();
    synchronized (lock) {
      stopping = true;
      hosts.values().forEach(host -> pipelines.addAll(host.pipelines()));
      tableLimits.values().forEach(each -> scheduler.execute(each.gate()::open));
    }
    pipelines.forEach(SplitPipeline::stop);
    finishIfStopped();
  }

  private void finishIfStopped() {
    boolean save;
    synchronized (lock) {
      boolean running = hosts.values().stream().anyMatch(host -> !host.running.isEmpty());
      if (!stopping || running || draining || !events.isEmpty() || toldStopped) {
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
    SyncResult result;
    synchronized (lock) {
      result = new SyncResult(stoppedByUser, failed, Optional.ofNullable(fatal));
    }
    done.complete(result);
  }
}
