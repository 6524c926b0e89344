package io.nimoshake.testkit.sim;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.port.Target.Existing;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * One cut-over that everything is done to cheat: writers that do not stop at once, shards that
 * deliver late and split, listings that lag, clocks that differ by two seconds, tables that are
 * paused, a stream that is enabled again, a process that dies. The simulator knows the truth: at
 * each moment at which the plan says that everything has arrived, everything has.
 */
final class CutOverSimulation {
  private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(2);

  private final SimRandom random;
  private final SimLoop loop;
  private final SimWorld world;
  private final SimDrain drain;
  private int processes;
  private boolean switchesStream;

  private CutOverSimulation(long seed, boolean tracing) {
    random = new SimRandom(seed);
    SimScenario scenario = scenario(random);
    loop = new SimLoop(random, scenario.services().slowRate(), tracing);
    world = new SimWorld(random, scenario, loop);
    drain =
        new SimDrain(
            loop,
            world.schedule(),
            scenario.tables().count(),
            this::startProcess,
            () -> world.anyTable().shownTime(),
            this::checkTruth);
  }

  /**
   * Runs one seed.
   *
   * @return whether the plan has said in the end that everything has arrived; false if the stream
   *     was switched off, so that it could not
   */
  static boolean run(long seed, boolean tracing) {
    CutOverSimulation simulation = new CutOverSimulation(seed, tracing);
    try {
      return simulation.run();
    } catch (SimFailure | RuntimeException e) {
      if (tracing) {
        simulation.loop.traced().forEach(System.out::println);
        System.out.println(simulation.drain.process().describe());
      }
      throw e;
    }
  }

  private static SimScenario scenario(SimRandom r) {
    return new SimScenario(
        new SimScenario.Sync(
            SyncOptions.Mode.ALL,
            r.chance(0.7),
            Existing.DROP,
            r.between(1, 3),
            3,
            3_000_000L,
            r.between(1, 4),
            r.between(1, 8),
            Duration.ofMillis(r.between(20, 1000)),
            Duration.ofSeconds(r.between(1, 60)),
            SyncOptions.OnGap.FAIL,
            0),
        new SimScenario.Tables(
            r.between(1, 3),
            r.between(3, 40),
            2,
            r.between(1, 3),
            true,
            false,
            0,
            r.chance(0.5),
            false),
        new SimScenario.Events(
            r.between(0, 20),
            r.between(10, 150),
            Duration.ofMillis(r.between(1_000, 40_000)),
            r.between(0, 8),
            0,
            0,
            0,
            r.between(0, 3),
            0,
            Duration.ZERO,
            0,
            0),
        new SimScenario.Services(
            true,
            true,
            r.oneOf(0.0, 0.01, 0.05),
            r.oneOf(0.0, 0.0, 0.02),
            0,
            r.oneOf(0.0, 0.2, 0.6),
            r.chance(0.5),
            Duration.ofMillis(r.between(-60_000, 60_000))),
        SimTroubles.NONE);
  }

  private boolean run() {
    world.makeTables();
    for (SimTable table : world.source().tables.values()) {
      table.lateBy = random.oneOf(Duration.ZERO, Duration.ofMillis(500), Duration.ofSeconds(7));
      table.clocksDiffer = CLOCKS_DIFFER;
    }
    world.makeHistory();
    drain.follow();
    SimScenario.Events events = world.scenario().events();
    world.planChanges();
    world.atAnyTime(
        events.pauses(),
        () ->
            drain
                .process()
                .pause(world.anyTable().name, Duration.ofMillis(random.between(1, 25_000))));
    world.atAnyTime(random.oneOf(0, 0, 1), drain::crash);
    switchesStream = random.chance(0.1);
    world.atAnyTime(switchesStream ? 1 : 0, this::enableAgain);
    // The operator says so too early: the writers go on for a while.
    world.at(Duration.ofMillis(random.between(0, 20_000)), drain::freeze);
    return drain.liveUntil(
        () -> switchesStream ? !world.isBusy() : drain.isDrained() && !world.isBusy());
  }

  private SimProcess startProcess() {
    processes++;
    return new SimProcess(
        "process " + processes, new SimProcess.Host("host", Duration.ZERO), world, Set.of());
  }

  private void enableAgain() {
    SimTable table = world.anyTable();
    table.disableStream();
    table.enableStream(1, false);
  }

  /** Every change that was made before the freeze time is in the target, or a newer one is. */
  private void checkTruth(Instant freeze) {
    for (SimTable table : world.source().tables.values()) {
      if (switchesStream && table.hasLostChanges()) {
        throw new SimFailure("said to be drained, and changes of " + table.name + " are lost");
      }
      SimStream stream = table.stream.orElseThrow();
      for (SimShard shard : stream.shards.values()) {
        for (SimShard.Rec rec : shard.records) {
          long there = world.target().collection(table.name).last.getOrDefault(rec.key(), -1L);
          boolean before = rec.time().isBefore(freeze);
          boolean copied =
              world.target().collection(table.name).copied.getOrDefault(rec.key(), -1L)
                  >= rec.version();
          if (before && there < rec.version() && !copied && !isOld(rec)) {
            throw new SimFailure(
                "said to be drained up to " + freeze + " without " + table.name + " " + rec);
          }
        }
      }
    }
  }

  /** Records from long before the process are skipped: the copy has seen their effect. */
  private boolean isOld(SimShard.Rec rec) {
    return rec.time().isBefore(world.loop().now().minus(Duration.ofMinutes(4)));
  }
}
