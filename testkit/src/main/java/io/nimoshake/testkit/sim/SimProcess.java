package io.nimoshake.testkit.sim;

import io.nimoshake.core.engine.LeaseKeeper;
import io.nimoshake.core.engine.SyncEngine;
import io.nimoshake.core.engine.SyncResult;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** One life of the program: takes the lease, runs the real engine, ends by itself or is killed. */
final class SimProcess {
  private static final Duration LEASE = Duration.ofSeconds(10);

  private final SimLoop loop;
  private final SimScenario scenario;
  private final SimSource source;
  private final SimTarget target;
  private final SimCheckpointStore store;
  private final SimScheduler scheduler;
  private final Lease identity;
  private Optional<SyncEngine> engine = Optional.empty();
  private boolean stopAsked;
  private boolean ended;

  /**
   * @param host name of the machine it runs on: a dead process on the same one is replaced at once
   */
  SimProcess(
      String host,
      SimLoop loop,
      SimScenario scenario,
      SimSource source,
      SimTarget target,
      SimCheckpointStore store) {
    this.loop = loop;
    this.scenario = scenario;
    this.source = source;
    this.target = target;
    this.store = store;
    this.scheduler = new SimScheduler(loop);
    this.identity = new Lease(0, host, 1, Instant.EPOCH, Instant.EPOCH);
    scheduler.execute(this::begin);
  }

  private void begin() {
    if (stopAsked) {
      ended = true;
      return;
    }
    try {
      LeaseKeeper.Acquisition got = LeaseKeeper.acquire(store, LEASE, loop.now(), identity);
      if (got instanceof LeaseKeeper.Acquisition.Acquired acquired) {
        SyncEngine e =
            new SyncEngine(
                scenario.syncOptions(),
                source,
                target,
                store,
                DeadLetters.FAIL,
                acquired.keeper(),
                scheduler,
                table -> TableLimits.none());
        e.start();
        engine = Optional.of(e);
        loop.trace("process started");
        return;
      }
    } catch (Fault f) {
      if (!f.isRetryable()) {
        throw new SimFailure("cannot start", f);
      }
    }
    scheduler.after(Duration.ofMillis(500), this::begin);
  }

  void stop() {
    loop.trace("process is stopped");
    stopAsked = true;
    engine.ifPresent(SyncEngine::stop);
  }

  void kill() {
    loop.trace("process is killed");
    scheduler.kill();
    source.forgetReaders();
    target.forgetPrepared();
  }

  /** Whether it came to its end by itself. */
  boolean isOver() {
    return ended || engine.map(e -> e.done().isDone()).orElse(false);
  }

  boolean isRunning() {
    return engine.isPresent() && !stopAsked;
  }

  Optional<SyncResult> result() {
    return engine.map(e -> e.done().join());
  }

  boolean wasStopped() {
    return stopAsked;
  }

  long memoryHeldBytes() {
    return engine.map(e -> e.view().memoryHeldBytes()).orElse(0L);
  }

  String describe() {
    return engine.map(e -> e.view().toString()).orElse("no engine");
  }
}
