package io.nimoshake.testkit.sim;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.engine.SyncResult;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.plan.TableState;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.testkit.sim.BackMongo.Table;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One run of the way back: applications that write to MongoDB, a process that dies and comes back,
 * an oplog that is too short, operators who drop collections. In the end every table is equal to
 * its documents, or it has failed and had to.
 */
final class BackSimulation {
  private static final long MOST_STEPS = 2_000_000;
  private static final Duration MOST_QUIET_TIME = Duration.ofHours(6);
  private static final Duration MOST_STOP_TIME = Duration.ofSeconds(60);
  private static final int STEPS_A_CHECK = 16;

  /** In the checkpoint, and not copied when the sync was cut over. */
  static final String NOT_COPIED = "uncopied";

  /** Created after the cut-over: in DynamoDB, and not in the checkpoint. */
  private static final String UNKNOWN = "unknown";

  private final SimRandom random;
  private final BackScenario scenario;
  private final BackWorld world;
  private final SimLoop loop;
  private final SimSchedule schedule;
  private final SimFaults faults;
  private final BackMongo mongo;
  private final BackPromises promises;
  private final BackTables dynamo;
  private final SimCheckpointStore store;
  private final BackWriters writers;
  private final BackChecks checks;

  private final Set<String> deleted = new HashSet<>();
  private SimProcess process;
  private boolean quiet;
  private boolean stopComes;
  private long quietNanos;
  private long stopAskedNanos;
  private int failedTables;

  private BackSimulation(long seed, boolean tracing) {
    random = new SimRandom(seed);
    scenario = BackScenario.of(random);
    SyncOptions options = BackScenario.options(random);
    world = new BackWorld(random, scenario, options, tracing);
    loop = world.loop;
    schedule = world.schedule;
    faults = world.faults;
    mongo = world.mongo;
    promises = world.promises;
    dynamo = world.dynamo;
    store = world.store;
    writers = world.writers;
    checks = new BackChecks(scenario, options, mongo, dynamo, promises, deleted);
  }

  /**
   * What a run was.
   *
   * @param failedTables how many tables had to fail
   * @param recopies how many times a table was copied again
   */
  record Run(long steps, long fingerprint, int tables, int failedTables, int recopies) {}

  /** Runs one seed; throws {@link SimFailure} if a promise is broken or the end does not come. */
  static Run run(long seed, boolean tracing) {
    BackSimulation simulation = new BackSimulation(seed, tracing);
    try {
      simulation.run();
    } catch (SimFailure | RuntimeException e) {
      if (tracing) {
        simulation.loop.traced().forEach(System.out::println);
        System.out.println(simulation.scenario);
        System.out.println(simulation.process.describe());
      }
      throw e;
    }
    return new Run(
        simulation.loop.steps(),
        simulation.loop.fingerprint(),
        simulation.mongo.tables.size(),
        simulation.failedTables,
        simulation.promises.recopies());
  }

  private void run() {
    makeTables();
    cutOver();
    for (int i = 0; i < scenario.events().history(); i++) {
      loop.pass(Duration.ofMillis(random.between(0, 2_000)));
      writers.change();
    }
    startProcess();
    plan();
    for (int life = 0; life < 2; life++) {
      liveToTheEnd();
      failedTables = checks.equal(process.states());
      restart();
    }
  }

  // --- the tables --------------------------------------------------------------------------------

  private void makeTables() {
    for (int i = 0; i < scenario.tables().count(); i++) {
      String name = "t" + i;
      boolean generated = random.chance(0.3);
      boolean spread = !generated && random.chance(0.6);
      List<String> collections =
          spread
              ? random.chance(0.5)
                  ? List.of(name, "shared")
                  : List.of(name, name + "b", "shared").subList(0, random.between(2, 3))
              : List.of(name);
      mongo.add(new Table(name, collections, generated));
    }
    for (Table table : mongo.tables.values()) {
      dynamo.tables.put(table.name(), new BackTables.Table());
    }
    for (int i = random.between(0, 40); i > 0; i--) {
      writers.change();
    }
    // Moves that are under way come to their end before the cut-over.
    while (writers.isMoving()) {
      loop.step();
    }
  }

  /** Both sides are equal. The token of the way back is noted; applications may write before. */
  private void cutOver() {
    for (Table table : mongo.tables.values()) {
      Map<String, Long> items = dynamo.table(table.name()).items;
      mongo.items(table).forEach((key, doc) -> items.put(key, doc.version()));
      dynamo.addItemsWithoutDocument(table.name(), random.oneOf(0, 0, 2));
      promises.cutOver(table, mongo.newest());
      store.store(copied(table.name(), Phase.COPIED));
      if (random.chance(0.2)) {
        // Of an earlier way back; it must not count.
        store.store(
            new OfSplit(
                new Split.ChangeStream(table.name()),
                Position.after(Long.toString(random.below(mongo.newest() + 100))),
                Optional.empty(),
                loop.now()));
      }
    }
    store.store(
        new OfDirection(
            Direction.CUT_OVER, loop.now(), Optional.of(Long.toString(mongo.newest()))));
    if (random.chance(0.2)) {
      dynamo.tables.put(UNKNOWN, new BackTables.Table());
    }
    if (random.chance(0.2)) {
      dynamo.tables.put(NOT_COPIED, new BackTables.Table());
      store.store(copied(NOT_COPIED, Phase.COPYING));
    }
  }

  private OfTable copied(String table, Phase phase) {
    return new OfTable(table, phase, Optional.of(loop.now()), List.of("arn"), 2, true, false);
  }

  // --- what is in store --------------------------------------------------------------------------

  private void plan() {
    BackScenario.Events events = scenario.events();
    schedule.atAnyTime(events.changes(), writers::change);
    for (int i = 0; i < events.crashes(); i++) {
      boolean atRest = random.chance(0.5);
      schedule.atAnyTime(
          1, atRest ? this::restart : () -> faults.crashAfter(random.between(0, 60)));
    }
    schedule.atAnyTime(events.stops(), this::stopProcess);
    schedule.atAnyTime(
        events.pauses(),
        () ->
            process.pause(writers.anyTable().name(), Duration.ofMillis(random.between(1, 60_000))));
    schedule.atAnyTime(events.suspensions(), this::absence);
    schedule.atAnyTime(events.trims(), writers::trim);
    schedule.atAnyTime(events.drops(), writers::drop);
    schedule.atAnyTime(events.invalidates(), mongo::invalidate);
    schedule.atAnyTime(events.withoutPreImages(), writers::withoutPreImages);
    schedule.atAnyTime(events.strays(), writers::stray);
    schedule.atAnyTime(events.deletions(), this::deleteTable);
    schedule.at(events.activeFor(), this::beQuiet);
  }

  /** After a time in which all was late, the rest of it may come after this. */
  private void beQuiet() {
    if (schedule.isBusy() || writers.isMoving()) {
      schedule.at(Duration.ofMillis(1), this::beQuiet);
      return;
    }
    loop.trace("quiet from now on");
    faults.end();
    quiet = true;
    quietNanos = loop.nanoTime();
  }

  private void deleteTable() {
    Table table = writers.anyTable();
    loop.trace("dynamodb: " + table.name() + " is deleted");
    dynamo.table(table.name()).exists = false;
    deleted.add(table.name());
  }

  // --- processes ---------------------------------------------------------------------------------

  private void startProcess() {
    stopComes = false;
    process = world.startProcess();
  }

  private void restart() {
    process.kill();
    if (!quiet && random.chance(0.3)) {
      absence();
    }
    startProcess();
  }

  private void stopProcess() {
    if (!process.isOver() && !process.wasStopped()) {
      stopAskedNanos = loop.nanoTime();
      process.stop();
    }
  }

  /** No process does anything for a while; the applications go on, and the oplog is short. */
  private void absence() {
    Duration longest = scenario.events().longestAbsence();
    if (quiet || longest.isZero()) {
      return;
    }
    long from = loop.nanoTime();
    for (int i = random.between(1, 10); i > 0; i--) {
      loop.pass(Duration.ofNanos(random.below(longest.toNanos())).dividedBy(10));
      if (scenario.events().changes() > 0) {
        writers.change();
      }
    }
    stopAskedNanos += loop.nanoTime() - from;
    if (scenario.events().trims() > 0 && random.chance(0.3)) {
      writers.trim();
    }
  }

  private void liveToTheEnd() {
    while (true) {
      step();
      if (process.isOver() && process.memoryHeldBytes() == 0) {
        checkResult();
        if (quiet && (stopComes || !process.wasStopped())) {
          return;
        }
        restart();
      } else if (quiet && !stopComes && loop.steps() % STEPS_A_CHECK == 0 && isCaughtUp()) {
        stopComes = true;
        loop.after(Duration.ofMillis(random.between(0, 3_000)), this::stopProcess);
      }
    }
  }

  private void step() {
    try {
      if (!loop.step()) {
        throw new SimFailure("nothing is left to do, and the way back has not ended");
      }
    } catch (SimCrash crash) {
      restart();
      return;
    }
    if (loop.steps() > MOST_STEPS) {
      throw new SimFailure("no end after " + MOST_STEPS + " steps");
    }
    if (quiet && loop.nanoTime() - quietNanos > MOST_QUIET_TIME.toNanos()) {
      throw new SimFailure("no end after " + MOST_QUIET_TIME + " of quiet");
    }
    if (process.wasStopped()
        && !process.isOver()
        && loop.nanoTime() - stopAskedNanos > MOST_STOP_TIME.toNanos()) {
      throw new SimFailure("stopping takes longer than " + MOST_STOP_TIME);
    }
  }

  // --- checks ------------------------------------------------------------------------------------

  private boolean isCaughtUp() {
    Map<String, TableState> states = process.states();
    return process.isRunning()
        && mongo.tables.values().stream().allMatch(table -> isCaughtUp(table, states))
        && states.getOrDefault(NOT_COPIED, TableState.FAILED) == TableState.FAILED;
  }

  private boolean isCaughtUp(Table table, Map<String, TableState> states) {
    TableState state = states.get(table.name());
    // A table that was deleted before this process could list it is left as it is.
    boolean unseen = state == null && deleted.contains(table.name());
    return unseen || state == TableState.FAILED || promises.isCaughtUp(table);
  }

  private void checkResult() {
    if (process.result().isEmpty()) {
      return;
    }
    SyncResult result = process.result().get();
    if (result.fatal().isPresent()) {
      throw new SimFailure("ended with " + result.fatal());
    }
    result.failedTables().forEach(checks::mayFail);
    if (process.openReaders() != 0) {
      throw new SimFailure(process.openReaders() + " readers are open at the end");
    }
    boolean allFailed =
        process.states().values().stream().allMatch(state -> state == TableState.FAILED);
    if (!process.wasStopped() && !allFailed) {
      throw new SimFailure("it ended by itself");
    }
  }
}
