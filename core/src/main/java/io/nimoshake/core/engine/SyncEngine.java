package io.nimoshake.core.engine;

import io.nimoshake.core.checkpoint.LeaseKeeper;
import io.nimoshake.core.checkpoint.LeasedTarget;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.ChangedKeys;
import io.nimoshake.core.flow.FreezeWatch;
import io.nimoshake.core.flow.MemoryBudget;
import io.nimoshake.core.flow.Outages;
import io.nimoshake.core.flow.RememberingWriter;
import io.nimoshake.core.flow.Scheduler;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.flow.TableWriter;
import io.nimoshake.core.plan.Event;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.core.port.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Runs a sync in this process. */
public final class SyncEngine {
  /** The part of the heap that may hold the keys that changed lately. */
  private static final int SHARE_OF_KEYS = 32;

  private final Outages outages;
  private final TableRegistry registry;
  private final MemoryBudget memory;
  private final PlanHost host;

  /** The keys of each table that changed lately. */
  private final Map<String, ChangedKeys> changed = new ConcurrentHashMap<>();

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
    outages = new Outages(scheduler.control());
    source.failedCalls().listen(outages);
    target.failedCalls().listen(outages);
    store.failedCalls().listen(outages);
    registry = new TableRegistry(limits, Optional.of(outages));
    memory = new MemoryBudget(options.memoryBudgetBytes());
    LeasedTarget leased = new LeasedTarget(target, lease);
    ChangedKeys.Budget keyBudget =
        new ChangedKeys.Budget(Runtime.getRuntime().maxMemory() / SHARE_OF_KEYS);
    LocalSplits splits =
        new LocalSplits(
            source,
            schema ->
                new RememberingWriter(
                    new TableWriter(
                        schema,
                        leased,
                        deadLetters,
                        scheduler,
                        options.retryPolicy(),
                        registry.stats(schema.name()),
                        options.writersPerTable(),
                        options.changesPerWrite()),
                    changed.computeIfAbsent(
                        schema.name(), name -> new ChangedKeys(keyBudget, scheduler.now())),
                    scheduler),
            deadLetters,
            memory,
            scheduler,
            options.retryPolicy(),
            registry,
            this::post,
            this::fail);
    host = new PlanHost(options, source, leased, store, lease, scheduler, registry, splits);
    if (scheduler instanceof ThreadScheduler threads) {
      threads.onBug(host::bug);
    }
  }

  private void post(Event event) {
    host.post(event);
  }

  private void fail(Fault fault) {
    host.fail(fault);
  }

  /** Loads the checkpoint and begins; what follows happens on the scheduler. */
  public void start() throws Fault {
    host.start();
  }

  /** Completed when the sync is over, never exceptionally. */
  public CompletableFuture<SyncResult> done() {
    return host.done();
  }

  /** Drains: lets the writes under way end, saves the checkpoint, releases the lease. */
  public void stop() {
    host.stop();
  }

  /** The state now. */
  public SyncView view() {
    List<SyncView.TableView> tables = new ArrayList<>();
    for (PlanView.Table table : host.view()) {
      tables.add(
          new SyncView.TableView(
              table,
              host.approximateItems(table.name()),
              registry.stats(table.name()),
              registry.limits(table.name())));
    }
    return new SyncView(
        tables,
        host.isCopied(),
        host.isStopping(),
        tables.stream().mapToLong(table -> table.stats().heldBytes()).sum(),
        Optional.of(host.leaseExpires()),
        host.fatal(),
        registry.sync().failures.recent(),
        outages.current(),
        host.clockCorrection());
  }

  /**
   * Begins a cut-over or a return, or begins it anew.
   *
   * @param freeze every write that the applications made was acknowledged before this moment, by
   *     the service's clock
   */
  public void freeze(Instant freeze) {
    registry.freeze().end();
    host.post(new Event.Freeze(freeze));
  }

  /**
   * Calls the cut-over or the return off.
   *
   * @param undo even if it is recorded already
   */
  public void thaw(boolean undo) {
    host.post(new Event.Thaw(undo));
  }

  /** The cut-over or the return that is under way. */
  public Optional<PlanView.CutOver> cutOver() {
    return host.cutOver();
  }

  /** The last record that was created after the freeze time, since the cut-over began. */
  public Optional<FreezeWatch.LateWrite> lateWrite() {
    return registry.freeze().lateWrite();
  }

  /** The keys of a table that changed lately; empty if nothing of it was written by this run. */
  public Optional<ChangedKeys> changed(String table) {
    return Optional.ofNullable(changed.get(table));
  }

  /**
   * Asks for the switch to the target, see {@link PlanHost#askForSwitch}.
   *
   * @param wayBack where the change stream of the way back begins
   */
  public CompletableFuture<Boolean> cutOver(Optional<String> wayBack) {
    return host.askForSwitch(new Event.CutOver(wayBack));
  }

  /**
   * Asks for the switch back to DynamoDB, see {@link PlanHost#askForSwitch}.
   *
   * @param streams the open stream of each table, as DynamoDB has just answered
   */
  public CompletableFuture<Boolean> goBack(Map<String, StreamHandle> streams) {
    return host.askForSwitch(new Event.GoBack(streams));
  }

  /** Successful saves so far. */
  public long checkpointSaves() {
    return host.checkpointSaves();
  }
}
