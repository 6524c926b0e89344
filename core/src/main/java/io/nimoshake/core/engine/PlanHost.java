package io.nimoshake.core.engine;

import io.nimoshake.core.checkpoint.Checkpoint;
import io.nimoshake.core.checkpoint.CheckpointWriter;
import io.nimoshake.core.checkpoint.LeaseKeeper;
import io.nimoshake.core.checkpoint.LeaseRenewal;
import io.nimoshake.core.checkpoint.LeasedTarget;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.Scheduler;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.plan.BackPlan;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.plan.Event;
import io.nimoshake.core.plan.Plan;
import io.nimoshake.core.plan.PlanOptions;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.SyncPlan;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the plan: tells it what happens and has its commands carried out, in every kind of host.
 * Keeps the checkpoint and the lease. {@link HostCommands} carries out the commands, a {@link
 * SplitRunner} runs the splits. The plan is guarded by one lock, which is never held over I/O; work
 * that blocks runs on the scheduler.
 *
 * <pre>
 *   RUNNING -- stop, failure, plan complete --> DRAINING -- no split runs --> DRAINED
 *     -- no event waits --> ENDING -- checkpoint saved, target left alone, lease released --> done
 * </pre>
 */
public final class PlanHost {
  private static final Logger LOG = LoggerFactory.getLogger(PlanHost.class);

  /** After a bug a split may never say that it has stopped: the end waits no longer than this. */
  private static final Duration WAIT_AFTER_BUG = Duration.ofSeconds(2);

  private enum Life {
    RUNNING,
    /** Splits are being stopped. Only what becomes durable still counts. */
    DRAINING,
    /** No split runs; events may still wait. */
    DRAINED,
    /** Every event was handled, and none counts any more. The lease is about to be released. */
    ENDING
  }

  private final SyncOptions options;
  private final LeasedTarget target;
  private final CheckpointStore store;
  private final LeaseKeeper lease;
  private final LeaseRenewal renewal;
  private final Scheduler scheduler;
  private final TableRegistry registry;
  private final SplitRunner splits;
  private final CheckpointWriter checkpoints;
  private final HostCommands commands;
  private final ServiceClock clock;
  private final CompletableFuture<SyncResult> done = new CompletableFuture<>();

  // Guarded by lock.
  private final Object lock = new Object();
  private final ArrayDeque<Event> events = new ArrayDeque<>();

  private final SavedEntries saved = new SavedEntries(new Checkpoint());

  private Plan plan;

  /** Whether a thread is handling events. */
  private boolean handling;

  private Life life = Life.RUNNING;
  private boolean stoppedByUser;

  private final SwitchRequest switched = new SwitchRequest();
  private Fault fatal;

  /**
   * @param lease of this process, acquired
   * @param splits runs the splits and posts to this host what becomes of them
   */
  public PlanHost(
      SyncOptions options,
      Source source,
      LeasedTarget target,
      CheckpointStore store,
      LeaseKeeper lease,
      Scheduler scheduler,
      TableRegistry registry,
      SplitRunner splits) {
    this.options = options;
    this.target = target;
    this.store = store;
    this.lease = lease;
    this.renewal = new LeaseRenewal(lease, scheduler.control(), registry.sync(), this::fail);
    this.scheduler = scheduler;
    this.registry = registry;
    this.splits = splits;
    this.checkpoints =
        new CheckpointWriter(
            store,
            lease::fence,
            scheduler.control(),
            options.checkpointInterval(),
            options.retryPolicy(),
            registry.sync(),
            this::fail);
    this.clock = new ServiceClock(scheduler);
    TableWork work =
        new TableWork(
            options,
            source,
            target,
            scheduler,
            clock,
            registry,
            this::isStopping,
            this::post,
            this::fail);
    this.commands =
        new HostCommands(
            work, splits, checkpoints, scheduler, registry.freeze(), this::post, this::shutDown);
  }

  /** Loads the checkpoint and begins; what follows happens on the scheduler. */
  public void start() throws Fault {
    List<CheckpointEntry> stored = store.load();
    Plan restored = restore(stored);
    synchronized (lock) {
      saved.restore(stored);
      plan = restored;
      List<Command> first = plan.start();
      saved.note(first);
      // Events wait until the first commands are carried out, so that all keep their order. No call
      // that hangs may hold them up.
      handling = true;
      scheduler
          .control()
          .execute(
              () -> {
                first.forEach(command -> command.to(commands));
                handleEvents();
              });
    }
    scheduleTick();
    renewal.start();
  }

  /** Completed when the sync is over, never exceptionally. */
  public CompletableFuture<SyncResult> done() {
    return done;
  }

  /** Drains: lets the writes under way end, saves the checkpoint, releases the lease. */
  public void stop() {
    synchronized (lock) {
      stoppedByUser |= life == Life.RUNNING;
    }
    shutDown();
  }

  /** Where each table and split is. */
  public List<PlanView.Table> view() {
    synchronized (lock) {
      return plan == null ? List.of() : plan.view();
    }
  }

  /** The cut-over or the return that is under way. */
  public Optional<PlanView.CutOver> cutOver() {
    synchronized (lock) {
      return plan == null ? Optional.empty() : plan.cutOver();
    }
  }

  /**
   * Asks for the switch of a cut-over or of a return.
   *
   * @param asked {@link Event.CutOver} or {@link Event.GoBack}
   * @return completes with true when the checkpoint says that the applications were switched, with
   *     false if something is missing, nothing is under way, or somebody else waits for the switch;
   *     not at all if the sync ends before
   */
  public CompletableFuture<Boolean> askForSwitch(Event asked) {
    CompletableFuture<Boolean> answer;
    synchronized (lock) {
      if (switched.isWaiting()) {
        // One switch has one answer, and whoever gets it may rely on it.
        return CompletableFuture.completedFuture(false);
      }
      answer = switched.begin(cutOver());
    }
    post(asked);
    return answer;
  }

  /** Whether every table is past its copy. */
  public boolean isCopied() {
    synchronized (lock) {
      return plan != null && plan.isCopied();
    }
  }

  /** Whether it drains or has ended. */
  public boolean isStopping() {
    synchronized (lock) {
      return life != Life.RUNNING;
    }
  }

  /** Why the sync ends, if it cannot go on. */
  public Optional<Fault> fatal() {
    synchronized (lock) {
      return Optional.ofNullable(fatal);
    }
  }

  /** When the lease runs out unless it is renewed. */
  public Instant leaseExpires() {
    return lease.expires();
  }

  /** What is to be added to a time of this host's clock to have the time of the source. */
  public Duration clockCorrection() {
    return clock.correction();
  }

  /** Items the service says a table holds; empty before it was asked. */
  public Optional<Long> approximateItems(String table) {
    return commands.schema(table).map(TableSchema::approximateItems);
  }

  /** Successful saves so far. */
  public long checkpointSaves() {
    return checkpoints.saves();
  }

  /**
   * All that the plan has saved until now, stored already or not. A plan made from it continues
   * here.
   */
  public List<CheckpointEntry> snapshot() {
    synchronized (lock) {
      return saved.entries();
    }
  }

  private Plan restore(List<CheckpointEntry> stored) throws Fault.Fatal {
    PlanOptions forPlan = options.forPlan(target.capabilities());
    if (options.mode() == SyncOptions.Mode.BACK) {
      return BackPlan.restore(forPlan, options.tables(), stored);
    }
    BackPlan.requireNotLive(stored);
    return new SyncPlan(forPlan, stored);
  }

  // --- events in, commands out ---------------------------------------------------------------

  /** Tells the plan what happened. Ignored while it drains, except for what is durable. */
  public void post(Event event) {
    synchronized (lock) {
      boolean late = life == Life.ENDING;
      if (late || life != Life.RUNNING && !(event instanceof Event.Durable)) {
        return;
      }
      events.add(event.corrected(clock.correction()));
      if (handling) {
        return;
      }
      handling = true;
    }
    handleEvents();
  }

  /** Handles events until none is left; one thread at a time, so that commands keep their order. */
  private void handleEvents() {
    while (true) {
      List<Command> next;
      boolean saveOnly;
      synchronized (lock) {
        Event event = events.poll();
        if (event == null) {
          handling = false;
          break;
        }
        next = plan.on(event);
        saved.note(next);
        // Off this thread: who waits for the switch must not run under the lock.
        switched.answer(plan.cutOver()).ifPresent(scheduler.control()::execute);
        saveOnly = life != Life.RUNNING;
      }
      for (Command command : next) {
        if (!saveOnly || command instanceof Command.Save) {
          command.to(commands);
        }
      }
    }
    endIfDrained();
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

  /** Ends the sync because of an exception that no code expects. */
  public void bug(Throwable bug) {
    LOG.error("unexpected failure: this is a bug", bug);
    fail(new Fault.Fatal("unexpected failure: " + bug, bug));
    scheduler.after(WAIT_AFTER_BUG, this::complete);
  }

  /** Ends the sync because it cannot go on. */
  public void fail(Fault fault) {
    boolean ending;
    synchronized (lock) {
      if (fatal == null) {
        fatal = fault;
        registry.sync().failures.failed("ending", fault, scheduler.now());
        LOG.error("cannot go on: {}", fault.getMessage());
      }
      ending = life == Life.ENDING;
    }
    if (ending) {
      // The last save may have failed: then nobody else says that it is over.
      complete();
    } else {
      shutDown();
    }
  }

  private void shutDown() {
    synchronized (lock) {
      life = life == Life.RUNNING ? Life.DRAINING : life;
    }
    splits.stopAll(
        () -> {
          synchronized (lock) {
            life = life == Life.DRAINING ? Life.DRAINED : life;
          }
          endIfDrained();
        });
  }

  private void endIfDrained() {
    boolean save;
    synchronized (lock) {
      if (life != Life.DRAINED || handling || !events.isEmpty()) {
        return;
      }
      life = Life.ENDING;
      save = fatal == null;
    }
    if (save) {
      checkpoints.flush(
          () ->
              new LeaseRelease(target, lease, renewal, scheduler)
                  .release(done::isDone, this::complete));
    } else {
      // The lease may belong to another process by now: nothing is saved, the next run replays.
      complete();
    }
  }

  private void complete() {
    renewal.end(() -> {});
    SyncResult result;
    synchronized (lock) {
      result = new SyncResult(stoppedByUser, commands.failedTables(), Optional.ofNullable(fatal));
    }
    done.complete(result);
  }
}
