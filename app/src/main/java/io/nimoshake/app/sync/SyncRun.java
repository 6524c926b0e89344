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
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Target;
import io.nimoshake.mongodb.checkpoint.GoCheckpointImport;
import io.nimoshake.setup.Closer;
import io.nimoshake.setup.Connections;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.Takeover;
import io.nimoshake.setup.config.Configuration;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One sync in this process, from the checks before it to the connections closed after it. Whoever
 * opens it closes it, after {@link #done} if the end is to be orderly.
 */
public final class SyncRun implements SyncMonitor, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SyncRun.class);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final Closer closer = new Closer();
  private final SyncEngine engine;
  private final Map<String, FailedCalls> failedCalls;

  /**
   * Checks everything, takes the lease and starts.
   *
   * @throws StartUpException if it cannot begin; nothing was touched
   * @throws Fault if something failed after that
   */
  public static SyncRun start(Configuration configuration) throws StartUpException, Fault {
    SyncRun run = new SyncRun(configuration);
    try {
      run.engine.start();
    } catch (Fault | RuntimeException e) {
      run.close();
      throw e;
    }
    return run;
  }

  private SyncRun(Configuration configuration) throws StartUpException, Fault {
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
      LeaseKeeper lease = lease(setup.id(), store, options);
      takeover.carryOut(store, lease.fence());
      DeadLetters letters = Connections.deadLetters(configuration);
      if (letters instanceof AutoCloseable file) {
        closer.keep(file);
      }
      ThreadScheduler scheduler = closer.keep(new ThreadScheduler(options.ioThreads()));
      engine =
          new SyncEngine(
              options, source, target, store, letters, lease, scheduler, table -> setup.limits());
    } catch (StartUpException | Fault | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Gets the lease; waits for one whose holder may be dead. */
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
      String holder = "process " + held.other().pid() + " on " + held.other().host();
      if (held.alive()) {
        throw StartUpException.refused(
            "id "
                + id
                + " is already running as "
                + holder
                + ": stop it first, or choose another id",
            null);
      }
      if (!told) {
        told = true;
        LOG.info(
            "waiting up to {} s to see whether {}, which has the lease of id {}, is still running",
            options.leaseDuration().toSeconds(),
            holder,
            id);
      }
      clock.sleep(LOOK_AGAIN);
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

  /** Completed when the sync is over, never exceptionally. */
  public CompletableFuture<SyncResult> done() {
    return engine.done();
  }

  /** Drains and ends; {@link #done} tells when. */
  public void stop() {
    engine.stop();
  }

  /** Closes all connections, the last one opened first. */
  @Override
  public void close() {
    closer.close();
  }
}
