package io.nimoshake.testkit.sim;

import io.nimoshake.core.engine.LeaseKeeper;
import io.nimoshake.core.engine.SyncEngine;
import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.engine.SyncResult;
import io.nimoshake.core.engine.ThreadScheduler;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Target.Capabilities;
import io.nimoshake.testkit.fault.PortFault;
import io.nimoshake.testkit.fault.PortFaults;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One short run of the real engine on real threads, against the simulator's source, target and
 * store: calls overlap half-way, which the {@link Simulation} cannot show. The same promises are
 * checked at every call and at the end. The seed decides options, changes and faults; the order in
 * which threads come is the machine's.
 */
public final class ThreadedSimulation {
  /** Of every wait for what must come; runs take seconds, but a machine may be very busy. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private static final Duration LEASE = Duration.ofMinutes(30);

  private final SimRandom random;
  private final SimScenario scenario;
  private final SimLoop clock;
  private final ThreadedWorld world;
  private final SimPromises promises = new SimPromises();
  private final SimSource source;
  private final SimTarget target;
  private final SimCheckpointStore store;
  private final PortFaults faults;
  private final Map<String, TableLimits> limits = new ConcurrentHashMap<>();

  private ThreadedSimulation(long seed) {
    random = new SimRandom(seed);
    scenario = SimScenario.of(random).onRealThreads(random);
    clock = SimLoop.clock(Instant.now(), random);
    world = new ThreadedWorld(clock);
    SimFaults none = new SimFaults(clock, 0);
    source = new SimSource(clock, none, scenario, promises);
    Capabilities capabilities =
        new Capabilities(scenario.insertIfAbsent(), random.between(1, 10), 200, scenario.swaps());
    target = new SimTarget(clock, none, capabilities, promises);
    store = new SimCheckpointStore(clock, none, promises);
    promises.watch(source, target);
    faults =
        new PortFaults()
            .seeded(
                Set.of("read", "write", "save", "listShards", "purgeTombstones", "swapIn"),
                seed,
                scenario.faultRate(),
                PortFault.RESET,
                PortFault.ANSWER_LOST);
  }

  /** Runs a seed; throws {@link SimFailure} if a promise is broken. */
  public static void run(long seed) throws InterruptedException {
    ThreadedSimulation simulation = new ThreadedSimulation(seed);
    try {
      simulation.run();
    } catch (SimFailure failure) {
      throw new SimFailure("seed " + seed + ": " + failure.getMessage(), failure);
    }
  }

  private void run() throws InterruptedException {
    world.alone(this::makeTables);
    int lives = 1 + scenario.stops();
    for (int life = 1; life <= lives; life++) {
      try (ThreadScheduler scheduler = new ThreadScheduler(16)) {
        live(start(scheduler), life == lives);
      }
    }
    world.alone(this::checkEqual);
  }

  private void makeTables() {
    for (int i = 0; i < scenario.tables(); i++) {
      SimTable table = new SimTable("t" + i, clock, Duration.ZERO, scenario.wholeSeconds());
      source.tables.put(table.name, table);
      if (scenario.streamFromStart()) {
        table.enableStream(scenario.firstShards(), false);
      }
    }
    for (int i = 0; i < scenario.history(); i++) {
      change();
    }
  }

  private SyncEngine start(ThreadScheduler scheduler) {
    limits.clear();
    try {
      LeaseKeeper.Acquisition got = LeaseKeeper.acquire(world.store(store), LEASE, Instant.now());
      if (!(got instanceof LeaseKeeper.Acquisition.Acquired acquired)) {
        throw new SimFailure("the lease was not given back");
      }
      SyncEngine engine =
          new SyncEngine(
              scenario.syncOptions(),
              faults.on(world.source(source)),
              faults.on(world.target(target)),
              faults.on(world.store(store)),
              DeadLetters.FAIL,
              acquired.keeper(),
              scheduler,
              table -> limits.computeIfAbsent(table, name -> TableLimits.of(0, 0, 0)));
      engine.start();
      return engine;
    } catch (Fault fault) {
      throw new SimFailure("cannot start", fault);
    }
  }

  private void live(SyncEngine engine, boolean last) throws InterruptedException {
    for (int i = 0; i < scenario.changes() && !engine.done().isDone(); i++) {
      ThreadedWorld.delay();
      world.alone(this::happen);
    }
    if (last) {
      limits.values().forEach(each -> each.gate().open());
      boolean arrived = world.await(() -> engine.done().isDone() || isCaughtUp(), LIMIT);
      if (!arrived) {
        throw new SimFailure("not caught up after " + LIMIT + ": " + engine.view());
      }
    }
    engine.stop();
    SyncResult result = end(engine);
    if (result.fatal().isPresent()) {
      throw new SimFailure("ended with " + result.fatal().get(), result.fatal().get());
    } else if (!result.failedTables().isEmpty()) {
      throw new SimFailure("failed tables " + result.failedTables());
    }
    // What was being read when it ended comes to its end a moment later.
    if (!world.await(() -> engine.view().memoryHeldBytes() == 0, LIMIT)) {
      throw new SimFailure(engine.view().memoryHeldBytes() + " bytes are held at the end");
    } else if (!world.await(() -> source.openReaders() == 0, LIMIT)) {
      throw new SimFailure(source.openReaders() + " readers are open at the end");
    }
    world.alone(target::forgetPrepared);
  }

  private static SyncResult end(SyncEngine engine) throws InterruptedException {
    try {
      return engine.done().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new SimFailure("not stopped after " + LIMIT + ": " + engine.view(), e);
    } catch (ExecutionException e) {
      throw new SimFailure("the end is never a failure", e);
    }
  }

  // --- the world -------------------------------------------------------------------------------

  private void happen() {
    change();
    if (random.chance(0.05)) {
      source.table(anyTable()).stream.ifPresent(SimStream::reshard);
    }
    if (random.chance(0.05)) {
      limits.values().forEach(random.chance(0.5) ? l -> l.gate().shut() : l -> l.gate().open());
    }
    if (random.chance(scenario.gaps() / 100.0) && scenario.onGap() == SyncOptions.OnGap.RESYNC) {
      source.loseSomething();
    }
  }

  private void change() {
    SimTable table = source.table(anyTable());
    String key =
        "k" + random.between(0, (random.chance(0.5) ? scenario.hotKeys() : scenario.keys()) - 1);
    if (random.chance(0.3)) {
      table.delete(key);
    } else {
      table.put(key);
    }
  }

  private String anyTable() {
    return "t" + random.between(0, scenario.tables() - 1);
  }

  private boolean isCaughtUp() {
    return source.tables.values().stream().allMatch(t -> promises.isCaughtUp(t, true));
  }

  private void checkEqual() {
    for (SimTable table : source.tables.values()) {
      TreeMap<String, Long> found = new TreeMap<>();
      target.collection(table.name).docs.forEach((key, doc) -> found.put(key, doc.version()));
      if (!found.equals(table.items)) {
        throw new SimFailure(table.name + " is " + found + ", not " + table.items);
      }
    }
  }

  /** Runs {@code COUNT} seeds from {@code FIRST} on. */
  public static void main(String[] args) throws InterruptedException {
    long first = Long.parseLong(args[0]);
    long count = Long.parseLong(args[1]);
    long begin = System.nanoTime();
    for (long seed = first; seed < first + count; seed++) {
      run(seed);
    }
    System.out.printf("%d seeds, %.1f s%n", count, (System.nanoTime() - begin) / 1e9);
  }
}
