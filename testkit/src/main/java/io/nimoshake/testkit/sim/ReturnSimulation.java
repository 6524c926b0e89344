package io.nimoshake.testkit.sim;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.TableState;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.testkit.sim.BackMongo.Doc;
import io.nimoshake.testkit.sim.BackMongo.Effect;
import io.nimoshake.testkit.sim.BackMongo.Table;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One return that everything is done to cheat: writers that do not stop at once, change streams
 * that deliver late, members whose clocks differ by two seconds, tables that are paused, a process
 * that dies. The simulator knows the truth: at each moment at which the plan says that everything
 * has arrived, everything has.
 */
final class ReturnSimulation {
  private static final long MOST_STEPS = 1_000_000;
  private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(2);

  /** How long it goes on after everything has arrived: the answer must stay true. */
  private static final int MORE_STEPS = 300;

  private final SimRandom random;
  private final BackScenario scenario;
  private final SyncOptions options;
  private final SimLoop loop;
  private final SimSchedule schedule;
  private final SimFaults faults;
  private final BackMongo mongo;
  private final BackTables dynamo;
  private final BackSource source;
  private final SimCheckpointStore store;
  private final BackWriters writers;
  private SimProcess process;
  private int processes;
  private int drained;

  private ReturnSimulation(long seed, boolean tracing) {
    random = new SimRandom(seed);
    scenario = scenario(random);
    options = BackScenario.options(random);
    BackScenario.Services services = scenario.services();
    loop = new SimLoop(random, services.slowRate(), tracing);
    schedule = new SimSchedule(loop, random, scenario.events().activeFor());
    faults = new SimFaults(loop, services.faultRate(), services.unknownRate());
    mongo = new BackMongo(loop, services.skew());
    mongo.lateBy = random.oneOf(Duration.ZERO, Duration.ofMillis(500), Duration.ofSeconds(20));
    mongo.clocksDiffer = CLOCKS_DIFFER;
    SimWrongAnswers wrong =
        new SimWrongAnswers(loop, faults, services.wrongRate(), services.longestWrong());
    Map<String, BackTables.Table> tables = new HashMap<>();
    BackPromises promises = new BackPromises(faults, mongo, tables, false);
    dynamo = new BackTables(tables, loop, faults, wrong, promises);
    source = new BackSource(loop, faults, wrong, mongo, dynamo, services.showsOplog());
    store = new SimCheckpointStore(loop, faults, promises::stored);
    writers = new BackWriters(random, scenario, loop, mongo);
    cutOver(promises);
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
        simulation.loop.traced().forEach(System.out::println);
        System.out.println(simulation.process.describe());
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
  private void cutOver(BackPromises promises) {
    for (int i = 0; i < scenario.tables().count(); i++) {
      String name = "t" + i;
      List<String> collections = random.chance(0.5) ? List.of(name) : List.of(name, name + "b");
      Table table = new Table(name, collections, false);
      mongo.add(table);
      dynamo.tables.put(name, new BackTables.Table());
      promises.cutOver(table, mongo.newest());
      store.store(
          new OfTable(name, Phase.COPIED, Optional.of(loop.now()), List.of("arn"), 2, true, false));
    }
    store.store(
        new OfDirection(
            Direction.CUT_OVER, loop.now(), Optional.of(Long.toString(mongo.newest()))));
  }

  private boolean run() {
    startProcess();
    stepUntil(this::isFollowed);
    BackScenario.Events events = scenario.events();
    schedule.atAnyTime(events.changes(), writers::change);
    schedule.atAnyTime(
        events.pauses(),
        () ->
            process.pause(writers.anyTable().name(), Duration.ofMillis(random.between(1, 25_000))));
    schedule.atAnyTime(events.crashes(), this::crash);
    // The operator says so too early: the writers go on for a while.
    schedule.at(Duration.ofMillis(random.between(0, 20_000)), this::freeze);
    stepUntil(() -> isDrained() && !isBusy());
    for (int i = 0; i < MORE_STEPS && !process.isOver(); i++) {
      step();
    }
    return drained > 0;
  }

  // --- what is in store --------------------------------------------------------------------------

  private boolean isBusy() {
    return schedule.isBusy() || writers.isMoving();
  }

  private void startProcess() {
    processes++;
    process =
        new SimProcess(
            new SimLife("process " + processes),
            new SimProcess.Host("host", Duration.ZERO),
            loop,
            life ->
                new SimProcess.Ports(
                    source.connect(),
                    dynamo.connect(life),
                    store.connect(life),
                    DeadLetters.FAIL,
                    options,
                    scenario.callsASecond()),
            Set.of());
  }

  /** The return is lost with the process. The operator begins it anew. */
  private void crash() {
    process.kill();
    startProcess();
    schedule.at(Duration.ofSeconds(random.between(1, 10)), this::freeze);
  }

  private void freeze() {
    if (!process.isRunning() || !isFollowed()) {
      schedule.at(Duration.ofSeconds(1), this::freeze);
      return;
    }
    process.freeze(mongo.time().truncatedTo(ChronoUnit.SECONDS).plusSeconds(1));
  }

  // --- steps -------------------------------------------------------------------------------------

  private boolean isFollowed() {
    return process.states().size() == scenario.tables().count()
        && process.states().values().stream().allMatch(state -> state == TableState.FOLLOWING);
  }

  private boolean isDrained() {
    return process.cutOver().filter(PlanView.CutOver::isDrained).isPresent();
  }

  private interface Condition {
    boolean holds();
  }

  private void stepUntil(Condition condition) {
    while (!condition.holds() && !process.isOver()) {
      step();
    }
  }

  private void step() {
    if (!loop.step()) {
      throw new SimFailure("nothing is left to do");
    } else if (loop.steps() > MOST_STEPS) {
      throw new SimFailure("no end after " + MOST_STEPS + " steps: " + process.cutOver());
    }
    Optional<PlanView.CutOver> now = process.cutOver().filter(PlanView.CutOver::isDrained);
    if (now.isPresent()) {
      drained++;
      mongo.tables.values().forEach(table -> checkTruth(table, now.get().freeze()));
    }
  }

  /** Every item whose last change was made before the freeze time is as its document. */
  private void checkTruth(Table table, Instant freeze) {
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
          Optional<Long> there = Optional.ofNullable(dynamo.table(table.name()).items.get(key));
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
