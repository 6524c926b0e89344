package io.nimoshake.app.sync;

import io.nimoshake.app.letter.RejectedItems;
import io.nimoshake.app.progress.CutOvers;
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
import io.nimoshake.mongodb.checkpoint.SyncStore;
import io.nimoshake.setup.Closer;
import io.nimoshake.setup.Connections;
import io.nimoshake.setup.DeadLetterFile;
import io.nimoshake.setup.LeaseHolder;
import io.nimoshake.setup.LiveDirection;
import io.nimoshake.setup.MappingChange;
import io.nimoshake.setup.StartUp;
import io.nimoshake.setup.StartUp.Server;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.Takeover;
import io.nimoshake.setup.WayBackConnections;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ConfigurationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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
  private final LeaseKeeper lease;
  private final Map<String, FailedCalls> failedCalls;
  private final Optional<Path> deadLetters;
  private final Optional<String> nothingSelected;
  private final CutOverOfRun cutOver;

  /** A check of the caller, made before anything is written. */
  interface LastCheck {
    void check() throws ConfigurationException;
  }

  /**
   * Opens a sync and starts it.
   *
   * @throws StartUpException if it cannot start
   * @throws Fault if the dead letter file cannot be opened
   */
  public static SyncRun start(Configuration configuration) throws StartUpException, Fault {
    try (StartUp start = new SyncSetup(configuration).startUp()) {
      SyncRun run = open(configuration, start, () -> {});
      run.start(start);
      return run;
    } catch (ConfigurationException e) {
      throw new IllegalStateException("no check was given", e);
    }
  }

  /** Makes all checks, takes the lease and continues from a checkpoint of the Go tool. */
  static SyncRun open(Configuration configuration, StartUp start, LastCheck check)
      throws ConfigurationException, StartUpException, Fault {
    return new SyncRun(configuration, start, check);
  }

  private SyncRun(Configuration configuration, StartUp start, LastCheck check)
      throws ConfigurationException, StartUpException, Fault {
    SyncSetup setup = new SyncSetup(configuration);
    try {
      nothingSelected = Connections.check(setup, start);
      boolean back = setup.options().mode() == SyncOptions.Mode.BACK;
      Source source =
          closer.keep(
              back
                  ? WayBackConnections.source(
                      setup, start, RejectedItems.ofSync(configuration, start))
                  : Connections.source(setup, start));
      Target target = closer.keep(Connections.target(setup, start));
      SyncStore store = closer.keep(Connections.checkpoints(setup, start));
      failedCalls =
          Map.of(
              "source", source.failedCalls(),
              "target", target.failedCalls(),
              "checkpoint", store.failedCalls());
      SyncOptions options = setup.options();
      Takeover takeover = new Takeover(start, configuration, options, source, target);
      if (!back) {
        takeover.check(store);
      }
      check(check, setup.id(), store, start);
      lease = lease(setup.id(), store, options, start);
      try {
        if (!back) {
          takeover.carryOut(store, lease.fence());
        }
        start.run(
            Server.CHECKPOINT,
            "looking which direction is live",
            () -> {
              if (back) {
                LiveDirection.requireBack(store);
              } else {
                LiveDirection.requireForward(store, setup.id());
                LiveDirection.returnedTooLongAgo(store.load(), source::currentStream)
                    .ifPresent(LOG::warn);
              }
            });
        new MappingChange(start, setup, source, target).carryOut(store, lease.fence());
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
        cutOver =
            new CutOverOfRun(
                engine,
                deadLetters,
                source,
                setup.converts() ? Optional.of(setup.targetSettings()) : Optional.empty(),
                schemas -> WayBackConnections.problems(setup, schemas),
                store,
                closer.keep(new ComparisonOfRun(configuration, engine::cutOver)),
                back
                    ? Optional.of(
                        new ForwardStreams(closer.keep(WayBackConnections.tables(setup, start))))
                    : Optional.empty());
      } catch (StartUpException | Fault | RuntimeException e) {
        release(lease);
        throw e;
      }
    } catch (ConfigurationException | StartUpException | Fault | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Loads the checkpoint and starts the engine. If that fails, gives the lease back and closes all
   * connections.
   */
  void start(StartUp start) throws StartUpException {
    try {
      if (!lease.isValid()) {
        start.run(Server.CHECKPOINT, "renewing the lease", lease::renew);
      }
      start.run(Server.CHECKPOINT, "loading the checkpoint", engine::start);
    } catch (StartUpException | RuntimeException e) {
      release(lease);
      close();
      throw e;
    }
  }

  /** If the sync is already running, that is the better explanation for a check that fails. */
  private static void check(LastCheck check, String id, CheckpointStore store, StartUp start)
      throws ConfigurationException, StartUpException {
    try {
      check.check();
    } catch (ConfigurationException e) {
      Optional<Lease> holder =
          start.call(Server.CHECKPOINT, "reading the lease", () -> LeaseHolder.of(store));
      if (holder.isPresent()) {
        throw alreadyRunning(id, holder.get());
      }
      throw e;
    }
  }

  /** Takes the lease. If its holder may be dead, waits until that is certain. */
  private static LeaseKeeper lease(
      String id, CheckpointStore store, SyncOptions options, StartUp start)
      throws StartUpException {
    LeaseClaim claim =
        new LeaseClaim(
            store, options.leaseDuration(), Sleeper.IN_THREAD, ProcessIdentity.ofThisProcess());
    boolean told = false;
    while (true) {
      LeaseClaim.Attempt attempt =
          start.call(Server.CHECKPOINT, "taking the lease", claim::attempt);
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
      start.pause(LOOK_AGAIN);
    }
  }

  private static StartUpException alreadyRunning(String id, Lease holder) {
    return StartUpException.refused(
        LeaseHolder.describe(id, holder) + ": stop it first, or choose another id", null);
  }

  /** Gives the lease back, so that the next process need not wait until it ends. */
  private static void release(LeaseKeeper lease) {
    // An interrupt ends the start. It must not keep us from giving the lease back.
    boolean interrupted = Thread.interrupted();
    try {
      lease.release();
    } catch (Fault e) {
      LOG.warn("the lease cannot be given back; it ends by itself: {}", e.getMessage());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public SyncView view() {
    return engine.view();
  }

  @Override
  public Optional<CutOvers> cutOvers() {
    return Optional.of(cutOver);
  }

  /** What has arrived where, if the sync was cut over or returned. */
  Optional<String> arrived() {
    return cutOver
        .cutOverAt()
        .map(
            at ->
                (cutOver.goesBack() ? "returned" : "cut over")
                    + "; everything written before "
                    + at
                    + " is in "
                    + (cutOver.goesBack() ? "DynamoDB" : "the target"));
  }

  @Override
  public long checkpointSaves() {
    return engine.checkpointSaves();
  }

  @Override
  public Optional<String> nothingSelected() {
    return nothingSelected;
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

  /** Waits for the end of the sync. */
  public SyncResult awaitEnd() throws InterruptedException {
    try {
      return done().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("never completed exceptionally", e);
    }
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
