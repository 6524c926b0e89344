package io.nimoshake.testkit.sim;

import io.nimoshake.core.checkpoint.LeaseClaim;
import io.nimoshake.core.engine.SyncEngine;
import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.engine.SyncResult;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.TableState;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Lease;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** One life of the program: takes the lease, runs the real engine, ends by itself or is killed. */
final class SimProcess {
  private final SimLoop loop;
  private final SimLife life;
  private final Ports ports;
  private final SimScheduler scheduler;
  private final LeaseClaim claim;
  private final Set<String> held;
  private final Map<String, TableLimits> limits = new HashMap<>();
  private Optional<SyncEngine> engine = Optional.empty();
  private boolean stopAsked;
  private boolean ended;
  private boolean wasCutOff;

  /**
   * Where a process runs.
   *
   * @param name of the machine: a dead process on the same one is replaced at once
   * @param clockOff by how much its wall clock is ahead
   */
  record Host(String name, Duration clockOff) {}

  /** A source that knows its readers. */
  interface Reads extends Source {
    SimReaders readers();
  }

  /**
   * What a process is connected to and told.
   *
   * @param callsASecond limit of reads, 0 for none
   */
  record Ports(
      Reads source,
      Target target,
      CheckpointStore store,
      DeadLetters deadLetters,
      SyncOptions options,
      double callsASecond) {}

  /**
   * @param name as failures show it
   * @param held tables that are paused from the beginning
   */
  SimProcess(String name, Host host, SimWorld world, Set<String> held) {
    this(new SimLife(name), host, world.loop(), life -> ports(world, life), held);
  }

  /**
   * @param ports connects it
   */
  SimProcess(
      SimLife life, Host host, SimLoop loop, Function<SimLife, Ports> ports, Set<String> held) {
    this.loop = loop;
    this.life = life;
    this.ports = ports.apply(life);
    this.held = held;
    this.scheduler = new SimScheduler(loop, host.clockOff());
    this.claim =
        new LeaseClaim(
            this.ports.store(),
            SimScenario.LEASE,
            scheduler,
            new Lease(0, host.name(), "", 1, Instant.EPOCH, Instant.EPOCH));
    scheduler.execute(this::begin);
  }

  private static Ports ports(SimWorld world, SimLife life) {
    return new Ports(
        world.source().connect(life),
        world.target().connect(life),
        world.store().connect(life),
        DeadLetters.FAIL,
        world.scenario().syncOptions(),
        world.scenario().sync().callsASecond());
  }

  private TableLimits limitsOf(String table) {
    double calls = ports.callsASecond();
    TableLimits created = TableLimits.of(calls, calls, 0);
    if (held.contains(table)) {
      created.gate().shut();
    }
    limits.put(table, created);
    return created;
  }

  SimLife life() {
    return life;
  }

  /** Reads and writes nothing of the table for some time. */
  void pause(String table, Duration time) {
    TableLimits paused = limits.get(table);
    if (paused != null && !stopAsked && !held.contains(table)) {
      loop.trace("process: " + table + " is paused for " + time);
      paused.gate().shut();
      scheduler.after(time, () -> letGoOn(table));
    }
  }

  /** Reads and writes nothing of the table until it is let go on. */
  void hold(String table) {
    if (limits.containsKey(table)) {
      limits.get(table).gate().shut();
    }
  }

  void letGoOn(String table) {
    if (limits.containsKey(table) && !held.contains(table)) {
      limits.get(table).gate().open();
    }
  }

  private void begin() {
    if (stopAsked) {
      ended = true;
      return;
    }
    try {
      if (claim.attempt() instanceof LeaseClaim.Attempt.Acquired acquired) {
        SyncEngine e =
            new SyncEngine(
                ports.options(),
                ports.source(),
                ports.target(),
                ports.store(),
                ports.deadLetters(),
                acquired.keeper(),
                scheduler,
                this::limitsOf);
        e.start();
        engine = Optional.of(e);
        loop.trace(life.name() + " started");
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
    loop.trace(life.name() + " is stopped");
    stopAsked = true;
    engine.ifPresent(SyncEngine::stop);
  }

  void kill() {
    loop.trace(life.name() + " is killed");
    scheduler.kill();
    ports.source().readers().forget();
  }

  /** Its host was paused for so long, and its clocks have not noticed. */
  void stoodStill(Duration time) {
    loop.trace(life.name() + ": its clocks stood still for " + time);
    scheduler.stoodStill(time);
  }

  /** It does not reach the checkpoint store any more, and everything else as before. */
  void cutOff() {
    loop.trace(life.name() + " is cut off from the checkpoint store");
    wasCutOff = true;
    life.cutOff();
  }

  void reconnect() {
    loop.trace(life.name() + " reaches the checkpoint store again");
    life.reconnect();
  }

  boolean isCutOff() {
    return life.isCutOff();
  }

  /** Whether it has the lease, as the store has it. */
  boolean hasLease() {
    return life.isHolder();
  }

  boolean wasCutOff() {
    return wasCutOff;
  }

  boolean runs(SimScheduler work) {
    return work == scheduler;
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

  /** The applications do not write any more. */
  void freeze(Instant at) {
    loop.trace(life.name() + ": frozen at " + at);
    engine.orElseThrow().freeze(at);
  }

  /** The cut-over that is under way. */
  Optional<PlanView.CutOver> cutOver() {
    return engine.flatMap(SyncEngine::cutOver);
  }

  int openReaders() {
    return ports.source().readers().count();
  }

  long memoryHeldBytes() {
    return engine.map(e -> e.view().memoryHeldBytes()).orElse(0L);
  }

  String describe() {
    return life.name() + ": " + engine.map(e -> e.view().toString()).orElse("no engine");
  }
}
