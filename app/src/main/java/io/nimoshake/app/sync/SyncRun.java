package io.nimoshake.app.sync;

import io.nimoshake.app.progress.SyncMonitor;
import io.nimoshake.core.checkpoint.LeaseClaim;
import io.nimoshake.core.checkpoint.LeaseKeeper;
import io.nimoshake.core.checkpoint.ProcessIdentity;
import io.nimoshake.core.engine.SyncEngine;
import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.engine.SyncResult;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.ThreadScheduler;
import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.Sleeper;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Lease;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Target;
import io.nimoshake.mongodb.checkpoint.GoCheckpointImport;
import io.nimoshake.setup.Closer;
import io.nimoshake.setup.Connections;
import io.nimoshake.setup.DeadLetterFile;
import io.nimoshake.setup.LeaseHolder;
import io.nimoshake.setup.MappingChange;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.Takeover;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ConfigurationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One sync in this process: opens the connections, takes the lease, runs the engine, and closes the
 * connections. Call {@link #stop} and wait for {@link #done} before {@link #close}, so that the
 * sync ends in order.
 */
public final class SyncRun implements SyncMonitor, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SyncRun.class);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final Closer closer = new Closer();
  private final SyncEngine engine;
  private final Map<String, FailedCalls> failedCalls;
  private final Optional<Path> deadLetters;

  /** A check of the caller, made before anything is written. */
  interface LastCheck {
    void check() throws ConfigurationException;
  }

  /**
   * Opens a sync and starts it.
   *
   * @throws StartUpException if it cannot start; nothing was changed
   * @throws Fault if something failed after that
   */
  public static SyncRun start(Configuration configuration) throws StartUpException, Fault {
    SyncRun run;
    try {
      run = open(configuration, () -> {});
    } catch (ConfigurationException e) {
      throw new IllegalStateException("no check was given", e);
    }
    run.start();
    return run;
  }

  /** Makes all checks, takes the lease and continues from a checkpoint of the Go tool. */
  static SyncRun open(Configuration configuration, LastCheck check)
      throws ConfigurationException, StartUpException, Fault {
    return new SyncRun(configuration, check);
  }

  private SyncRun(Configuration configuration, LastCheck check)
      throws ConfigurationException, StartUpException, Fault {
    SyncSetup setup = new SyncSetup(configuration);
    try {
      Connections.check(setup);
      Source source = closer.keep(setup.source(setup.dynamoSettings()));
      Target target = closer.keep(Connections.target(setup));
      GoCheckpointImport store = closer.keep(Connections.checkpoints(setup));
      failedCalls =
          Map.of(
              "source", source.failedCalls(),
              "target", target.failedCalls(),
              "checkpoint", store.failedCalls());
      SyncOptions options = setup.options();
      Takeover takeover = new Takeover(configuration, options, source, target);
      takeover.check(store);
      check(check, setup.id(), store);
      LeaseKeeper lease = lease(setup.id(), store, options);
      try {
        takeover.carryOut(store, lease.fence());
        new MappingChange(setup, source, target).carryOut(store, lease.fence());
        DeadLetters letters = Connections.deadLetters(configuration);
        if (letters instanceof DeadLetterFile file) {
          file.open();
        }
        deadLetters =
            letters instanceof DeadLetterFile
                ? Optional.of(setup.deadLetterFile())
                : Optional.empty();
        ThreadScheduler scheduler = closer.keep(new ThreadScheduler(options.ioThreads()));
        engine =
            new SyncEngine(
                options, source, target, store, letters, lease, scheduler, table -> setup.limits());
      } catch (StartUpException | Fault | RuntimeException e) {
        release(lease);
        throw e;
      }
    } catch (ConfigurationException | StartUpException | Fault | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Starts the engine. Closes all connections if that fails. */
  void start() throws Fault {
    try {
      engine.start();
    } catch (Fault | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** If the sync is already running, that is the better explanation for a check that fails. */
  private static void check(LastCheck check, String id, CheckpointStore store)
      throws ConfigurationException, StartUpException, Fault {
    try {
      check.check();
    } catch (ConfigurationException e) {
      Optional<Lease> holder = LeaseHolder.of(store);
      if (holder.isPresent()) {
        throw alreadyRunning(id, holder.get());
      }
      throw e;
    }
  }

  /** Takes the lease. If its holder may be dead, waits until that is certain. */
  private static LeaseKeeper lease(String id, CheckpointStore store, SyncOptions options)
      throws StartUpException, Fault {
    Sleeper clock = Sleeper.IN_THREAD;
    LeaseClaim claim =
        new LeaseClaim(store, options.leaseDuration(), clock, ProcessIdentity.ofThisProcess());
    boolean told = false;
    while (true) {
      LeaseClaim.Attempt attempt = claim.attempt();
      if (attempt instanceof LeaseClaim.Attempt.Acquired acquired) {
        return acquired.keeper();
      }
      LeaseClaim.Attempt.HeldBy held = (LeaseClaim.Attempt.HeldBy) attempt;
      if (held.alive()) {
        throw alreadyRunning(id, held.other());
      }
      if (!told) {
        told = true;
        LOG.info(
            "waiting up to {} s to see whether process {} on {}, which has the lease of id {}, is"
                + " still running",
            options.leaseDuration().toSeconds(),
            held.other().pid(),
            held.other().host(),
            id);
      }
      clock.sleep(LOOK_AGAIN);
    }
  }

  private static StartUpException alreadyRunning(String id, Lease holder) {
    return StartUpException.refused(
        LeaseHolder.describe(id, holder) + ": stop it first, or choose another id", null);
  }

  /** Gives the lease back, so that the next process need not wait until it ends. */
  private static void release(LeaseKeeper lease) {
    try {
      lease.release();
    } catch (Fault e) {
      LOG.warn("the lease cannot be given back; it ends by itself: {}", e.getMessage());
    }
  }

  @Override
  public SyncView view() {
    return engine.view();
  }

  @Override
  public long checkpointSaves() {
    return engine.checkpointSaves();
  }

  @Override
  public Map<String, FailedCalls> failedCalls() {
    return failedCalls;
  }

  /** How many items of this run were rejected. */
  long rejectedItems() {
    return engine.view().tables().stream().mapToLong(table -> table.stats().rejected()).sum();
  }

  /** The file with the rejected items; empty if a rejected item makes its table fail. */
  Optional<Path> deadLetterFile() {
    return deadLetters;
  }

  /** Completes when the sync has ended, never exceptionally. */
  public CompletableFuture<SyncResult> done() {
    return engine.done();
  }

  /** Finishes the writes that have begun, saves the checkpoint and ends. */
  public void stop() {
    engine.stop();
  }

  /** Closes all connections. */
  @Override
  public void close() {
    closer.close();
  }
}
