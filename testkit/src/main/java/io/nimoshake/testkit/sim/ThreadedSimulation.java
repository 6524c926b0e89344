package io.nimoshake.testkit.sim;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.Target.Capabilities;
import io.nimoshake.testkit.fault.PortFault;
import io.nimoshake.testkit.fault.PortFaults;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.awaitility.core.ConditionTimeoutException;

/**
 * One short run of the real code on real threads, in a {@link SimHost}, against the simulator's
 * source, target and store: calls overlap half-way, which the {@link Simulation} cannot show. The
 * same promises are checked at every call and at the end. The seed decides options, changes and
 * faults; the order in which threads come is the machine's.
 */
public final class ThreadedSimulation {
  /** Of every wait for what must come; runs take seconds, but a machine may be very busy. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private static final double DISTURBED = 0.05;

  /**
   * Asks for two more promises: nothing is done to the target once the lease is given back, and a
   * split is opened only when no read of it is under way. An end that takes seconds breaks them, so
   * they are not asked for on a machine that may stand still for so long.
   */
  private static final boolean STRICT = Boolean.getBoolean("sim.strict");

  private final SimHost host;
  private final SimRandom random;
  private final SimScenario scenario;
  private final SimLoop clock;
  private final ThreadedWorld world;
  private final SimPromises promises = new SimPromises();
  private final SimSource source;
  private final SimSource.Connection connection;

  /** All connections are of one sync, however many threads or hosts it has. */
  private final SimLife life = new SimLife("the sync", STRICT);

  private final SimTarget target;
  private final SimCheckpointStore store;
  private final PortFaults faults;

  private ThreadedSimulation(long seed, SimHost host) {
    this.host = host;
    random = new SimRandom(seed);
    scenario = SimScenario.of(random, SimTroubles.NONE).onRealThreads(random);
    clock = SimLoop.clock(Instant.now(), random);
    world = new ThreadedWorld(clock, STRICT);
    SimFaults none = new SimFaults(clock, 0, 0);
    source = new SimSource(clock, none, scenario, promises);
    connection = source.connect(life);
    Capabilities capabilities =
        new Capabilities(
            scenario.services().insertIfAbsent(),
            random.between(1, 10),
            200,
            scenario.services().swaps());
    target = new SimTarget(clock, none, capabilities, promises);
    store = new SimCheckpointStore(clock, none, promises::stored);
    promises.watch(source, target);
    faults =
        new PortFaults()
            .seeded(
                Set.of("read", "write", "save", "listShards", "purgeTombstones", "swapIn"),
                seed,
                scenario.services().faultRate(),
                PortFault.RESET,
                PortFault.ANSWER_LOST);
  }

  /** Runs a seed with the standalone program's engine. */
  public static void run(long seed) throws InterruptedException {
    run(seed, new EngineHost());
  }

  /** Runs a seed; throws {@link SimFailure} if a promise is broken. */
  public static void run(long seed, SimHost host) throws InterruptedException {
    try {
      new ThreadedSimulation(seed, host).run();
    } catch (SimFailure | ConditionTimeoutException failure) {
      throw new SimFailure("seed " + seed + ": " + failure.getMessage(), failure);
    }
  }

  private void run() throws InterruptedException {
    world.alone(this::makeTables);
    int lives = 1 + scenario.events().stops();
    for (int life = 1; life <= lives; life++) {
      live(life == lives);
    }
    world.alone(this::checkEqual);
  }

  private void makeTables() {
    for (int i = 0; i < scenario.tables().count(); i++) {
      SimTable table =
          new SimTable("t" + i, clock, Duration.ZERO, scenario.tables().wholeSeconds());
      source.tables.put(table.name, table);
      if (scenario.tables().streamFromStart()) {
        table.enableStream(scenario.tables().firstShards(), false);
      }
    }
    for (int i = 0; i < scenario.events().history(); i++) {
      change();
    }
  }

  /** Each connection is made through the faults, and knows only what it is told. */
  private final class Ports implements SimHost.World {
    @Override
    public SyncOptions options() {
      return scenario.syncOptions();
    }

    @Override
    public Source openSource() {
      return faults.on(world.source(connection));
    }

    @Override
    public Target openTarget() {
      return faults.on(world.target(target.connect(life)));
    }

    @Override
    public CheckpointStore openCheckpoints() {
      return faults.on(world.store(store.connect(life)));
    }

    @Override
    public CompletableFuture<Void> closed() {
      return world.closed();
    }
  }

  private void live(boolean last) throws InterruptedException {
    SplittableRandom own = random.split();
    SimHost.Life life = host.begin(new Ports(), own.split());
    for (int i = 0; i < scenario.events().changes() && !life.isOver(); i++) {
      ThreadedWorld.delay(host.pace());
      world.alone(this::happen);
      if (own.nextDouble() < DISTURBED) {
        life.disturb();
      }
    }
    if (last) {
      life.calm();
      if (!world.await(() -> life.isOver() || isCaughtUp(), LIMIT)) {
        throw new SimFailure("not caught up after " + LIMIT + ": " + life.describe());
      }
    }
    life.end();
    if (!world.await(() -> connection.readers().count() == 0, LIMIT)) {
      throw new SimFailure(connection.readers().count() + " readers are open at the end");
    }
  }

  // --- the world -------------------------------------------------------------------------------

  private void happen() {
    change();
    if (random.chance(0.05)) {
      source.table(anyTable()).stream.ifPresent(SimStream::reshard);
    }
    if (random.chance(scenario.events().gaps() / 100.0)
        && scenario.sync().onGap() == SyncOptions.OnGap.RESYNC) {
      source.loseSomething();
    }
  }

  private void change() {
    SimTable table = source.table(anyTable());
    String key =
        "k"
            + random.between(
                0,
                (random.chance(0.5) ? scenario.tables().hotKeys() : scenario.tables().keys()) - 1);
    if (random.chance(0.3)) {
      table.delete(key);
    } else {
      table.put(key);
    }
  }

  private String anyTable() {
    return "t" + random.between(0, scenario.tables().count() - 1);
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
      target.collection(table.name).mapped.checkEqual(table, (key, version) -> false);
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
