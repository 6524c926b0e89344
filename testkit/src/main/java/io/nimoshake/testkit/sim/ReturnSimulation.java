package io.nimoshake.testkit.sim;

import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.testkit.sim.BackMongo.Doc;
import io.nimoshake.testkit.sim.BackMongo.Effect;
import io.nimoshake.testkit.sim.BackMongo.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One return that everything is done to cheat: writers that do not stop at once, change streams
 * that deliver late, members whose clocks differ by two seconds, tables that are paused, a process
 * that dies. The simulator knows the truth: at each moment at which the plan says that everything
 * has arrived, everything has.
 */
final class ReturnSimulation {
  private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(2);

  private final SimRandom random;
  private final BackScenario scenario;
  private final BackWorld world;
  private final SimDrain drain;

  private ReturnSimulation(long seed, boolean tracing) {
    random = new SimRandom(seed);
    scenario = scenario(random);
    world = new BackWorld(random, scenario, BackScenario.options(random), tracing);
    BackMongo mongo = world.mongo;
    mongo.lateBy = random.oneOf(Duration.ZERO, Duration.ofMillis(500), Duration.ofSeconds(20));
    mongo.clocksDiffer = CLOCKS_DIFFER;
    drain =
        new SimDrain(
            world.loop,
            world.schedule,
            scenario.tables().count(),
            world::startProcess,
            mongo::time,
            freeze -> mongo.tables.values().forEach(table -> checkTruth(table, freeze)));
    cutOver();
  }

  /**
   * Runs one seed.
   *
   * @return whether the plan has said in the end that everything has arrived
   */
  static boolean run(long seed, boolean tracing) {
    ReturnSimulation simulation = new ReturnSimulation(seed, tracing);
    try {
      return simulation.run();
    } catch (SimFailure | RuntimeException e) {
      if (tracing) {
        simulation.world.loop.traced().forEach(System.out::println);
        System.out.println(simulation.drain.process().describe());
      }
      throw e;
    }
  }

  private static BackScenario scenario(SimRandom r) {
    return new BackScenario(
        new BackScenario.Tables(r.between(1, 3), r.between(2, 30), r.between(1, 3), 0),
        new BackScenario.Events(
            0,
            r.between(10, 150),
            Duration.ofMillis(r.between(1_000, 40_000)),
            r.oneOf(0, 0, 1),
            0,
            r.between(0, 3),
            0,
            Duration.ZERO,
            0,
            0,
            0,
            0,
            0,
            0),
        new BackScenario.Services(
            r.oneOf(0.0, 0.01, 0.05),
            0,
            r.oneOf(0.0, 0.0, 0.02),
            r.oneOf(0.0, 0.02),
            Duration.ofSeconds(5),
            r.chance(0.5),
            Duration.ofMillis(r.between(-60_000, 60_000))),
        false,
        0);
  }

  /** Both sides are equal, and the checkpoint says where the way back begins. */
  private void cutOver() {
    BackMongo mongo = world.mongo;
    SimCheckpointStore store = world.store;
    for (int i = 0; i < scenario.tables().count(); i++) {
      String name = "t" + i;
      List<String> collections = random.chance(0.5) ? List.of(name) : List.of(name, name + "b");
      Table table = new Table(name, collections, false);
      mongo.add(table);
      world.dynamo.tables.put(name, new BackTables.Table());
      world.promises.cutOver(table, mongo.newest());
      store.store(
          new OfTable(
              name, Phase.COPIED, Optional.of(world.loop.now()), List.of("arn"), 2, true, false));
    }
    store.store(
        new OfDirection(
            Direction.CUT_OVER, world.loop.now(), Optional.of(Long.toString(mongo.newest()))));
  }

  private boolean run() {
    drain.follow();
    BackScenario.Events events = scenario.events();
    SimSchedule schedule = world.schedule;
    schedule.atAnyTime(events.changes(), world.writers::change);
    schedule.atAnyTime(
        events.pauses(),
        () ->
            drain
                .process()
                .pause(
                    world.writers.anyTable().name(), Duration.ofMillis(random.between(1, 25_000))));
    schedule.atAnyTime(events.crashes(), drain::crash);
    // The operator says so too early: the writers go on for a while.
    schedule.at(Duration.ofMillis(random.between(0, 20_000)), drain::freeze);
    return drain.liveUntil(() -> drain.isDrained() && !isBusy());
  }

  private boolean isBusy() {
    return world.schedule.isBusy() || world.writers.isMoving();
  }

  /** Every item whose last change was made before the freeze time is as its document. */
  private void checkTruth(Table table, Instant freeze) {
    BackMongo mongo = world.mongo;
    Map<String, Instant> changed = new HashMap<>();
    for (long number = 1; number <= mongo.newest(); number++) {
      for (Effect effect : mongo.entry(number).effects()) {
        if (effect.table().equals(table.name())) {
          changed.put(effect.key(), mongo.clusterTime(number));
        }
      }
    }
    changed.forEach(
        (key, last) -> {
          Optional<Long> expected =
              mongo.places(table, key).stream()
                  .findFirst()
                  .flatMap(place -> mongo.at(place, table.idOf(key)))
                  .map(Doc::version);
          Optional<Long> there =
              Optional.ofNullable(world.dynamo.table(table.name()).items.get(key));
          if (last.isBefore(freeze) && !there.equals(expected)) {
            throw new SimFailure(
                "said to be drained up to "
                    + freeze
                    + ", and "
                    + table.name()
                    + " "
                    + key
                    + " is "
                    + there
                    + " and not "
                    + expected
                    + ", as it is since "
                    + last);
          }
        });
  }
}
