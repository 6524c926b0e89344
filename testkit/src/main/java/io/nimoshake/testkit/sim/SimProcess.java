package io.nimoshake.testkit.sim;

import io.nimoshake.core.checkpoint.LeaseKeeper;
import io.nimoshake.core.engine.SyncEngine;
import io.nimoshake.core.engine.SyncResult;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.plan.TableState;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Lease;
import io.nimoshake.core.port.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** One life of the program: takes the lease, runs the real engine, ends by itself or is killed. */
final class SimProcess {
  private static final Duration LEASE = Duration.ofSeconds(10);

  private final SimLoop loop;
  private final SimScenario scenario;
  private final SimSource source;
  private final Target target;
  private final SimCheckpointStore store;
  private final SimScheduler scheduler;
  private final Lease identity;
  private final Map<String, TableLimits> limits = new HashMap<>();
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
    this.target = target.connect();
    this.store = store;
    this.scheduler = new SimScheduler(loop);
    this.identity = new Lease(0, host, 1, Instant.EPOCH, Instant.EPOCH);
    scheduler.execute(this::begin);
  }

  private TableLimits limitsOf(String table) {
    double calls = scenario.callsASecond();
    TableLimits created = TableLimits.of(calls, calls, 0);
    limits.put(table, created);
    return created;
  }

  /** Reads and writes nothing of the table for some time. */
  void pause(String table, Duration time) {
    TableLimits paused = limits.get(table);
    if (paused != null && !stopAsked) {
      loop.trace("process: " + table + " is paused for " + time);
      paused.gate().shut();
      scheduler.after(time, paused.gate()::open);
    }
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
                this::limitsOf);
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

  Set<String> failedTables() {
    Set<String> failed = new TreeSet<>();
    engine.ifPresent(
        e ->
            e.view().tables().stream()
                .filter(table -> table.plan().failure().isPresent())
                .forEach(table -> failed.add(table.name())));
    return failed;
  }

  /** The tables it knows, each with where it is. */
  Map<String, TableState> states() {
    Map<String, TableState> states = new TreeMap<>();
    engine.ifPresent(
        e -> e.view().tables().forEach(table -> states.put(table.name(), table.plan().state())));
    return states;
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
