package io.nimoshake.testkit.sim;

import io.nimoshake.core.port.Target.Capabilities;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The tables, the target and the store of a run, and what happens to the tables. */
final class SimWorld {
  /** After so long changes may have expired unread, as far as anybody who was away can know. */
  private static final Duration LONG_ABSENCE = Duration.ofHours(20);

  private final SimRandom random;
  private final SimScenario scenario;
  private final SimLoop loop;
  private final SimSchedule schedule;
  private final SimFaults faults;
  private final SimPromises promises = new SimPromises();
  private final SimSource source;
  private final SimTarget target;
  private final SimCheckpointStore store;

  /** By table: documents of others, from before the sync. */
  private final Map<String, TreeMap<String, SimTarget.Doc>> foreign = new TreeMap<>();

  /** How long no process did anything, in all. */
  private Duration absent = Duration.ZERO;

  SimWorld(SimRandom random, SimScenario scenario, SimLoop loop) {
    this.random = random;
    this.scenario = scenario;
    this.loop = loop;
    this.schedule = new SimSchedule(loop, random, scenario.events().activeFor());
    SimScenario.Services services = scenario.services();
    faults = new SimFaults(loop, services.faultRate(), scenario.troubles().unknownRate());
    source = new SimSource(loop, faults, scenario, promises);
    Capabilities capabilities =
        new Capabilities(services.insertIfAbsent(), random.between(1, 10), 200, services.swaps());
    target = new SimTarget(loop, faults, capabilities, promises);
    store = new SimCheckpointStore(loop, faults, promises::stored);
    promises.watch(source, target);
  }

  SimRandom random() {
    return random;
  }

  SimScenario scenario() {
    return scenario;
  }

  SimLoop loop() {
    return loop;
  }

  SimFaults faults() {
    return faults;
  }

  SimPromises promises() {
    return promises;
  }

  SimSource source() {
    return source;
  }

  SimTarget target() {
    return target;
  }

  SimCheckpointStore store() {
    return store;
  }

  SimSchedule schedule() {
    return schedule;
  }

  Map<String, TreeMap<String, SimTarget.Doc>> foreign() {
    return foreign;
  }

  // --- time ------------------------------------------------------------------------------------

  /** Something that happens later, and before all is quiet. */
  void at(Duration time, Runnable work) {
    schedule.at(time, work);
  }

  /** The same, so many times, at any moment while changes are made. */
  void atAnyTime(int times, Runnable work) {
    schedule.atAnyTime(times, work);
  }

  /** Whether something is still to happen by {@link #at}. */
  boolean isBusy() {
    return schedule.isBusy();
  }

  /** Time passes in which no process does anything, but the tables change. */
  void passWithChanges(Duration longest) {
    int pieces = random.between(1, 10);
    Duration piece = Duration.ofNanos(random.below(longest.toNanos())).dividedBy(pieces);
    loop.trace("no process does anything for " + piece.multipliedBy(pieces));
    absent = absent.plus(piece.multipliedBy(pieces));
    if (absent.compareTo(LONG_ABSENCE) > 0) {
      source.tables.values().forEach(SimTable::loseChanges);
    }
    for (int i = 0; i < pieces; i++) {
      loop.pass(piece);
      if (scenario.events().changes() > 0) {
        change();
      }
      if (random.chance(0.3)) {
        reshard();
      }
    }
  }

  // --- tables ----------------------------------------------------------------------------------

  void makeTables() {
    for (int i = 0; i < scenario.tables().count(); i++) {
      SimTable table =
          new SimTable("t" + i, loop, scenario.services().skew(), scenario.tables().wholeSeconds());
      if (scenario.tables().streamFromStart()) {
        table.enableStream(scenario.tables().firstShards(), scenario.tables().trimmedParents());
      }
      if (i > 0 && scenario.tables().late()) {
        table.exists = false;
        atAnyTime(1, () -> create(table));
      }
      source.tables.put(table.name, table);
      for (int f = 0; f < scenario.tables().foreign(); f++) {
        String key = random.chance(0.5) ? "foreign" + f : key();
        target.collection(table.name).docs.put(key, new SimTarget.Doc(SimTarget.FOREIGN, false));
      }
      foreign.put(table.name, new TreeMap<>(target.collection(table.name).docs));
    }
  }

  /** Changes before there is a process. */
  void makeHistory() {
    Duration longest = Duration.ofMinutes(12);
    int changes = scenario.events().history();
    for (int i = 0; i < changes; i++) {
      loop.pass(longest.dividedBy(changes));
      change();
      if (random.chance(0.05)) {
        reshard();
      }
    }
  }

  /** Lets everything happen to the tables that the scenario has in store for them. */
  void planChanges() {
    SimScenario.Events events = scenario.events();
    atAnyTime(events.changes(), this::change);
    atAnyTime(events.reshards(), this::reshard);
    atAnyTime(events.gaps(), source::loseSomething);
    atAnyTime(events.streamsOff(), this::switchStreamOff);
    atAnyTime(events.deletions(), this::dropTable);
  }

  /** From now on nothing fails, and every table has its stream. */
  void calm() {
    source.tables.values().forEach(this::switchStreamOn);
    faults.end();
  }

  SimTable anyTable() {
    return source.table("t" + random.between(0, scenario.tables().count() - 1));
  }

  private String key() {
    int keys = random.chance(0.5) ? scenario.tables().hotKeys() : scenario.tables().keys();
    return "k" + random.between(0, keys - 1);
  }

  private void change() {
    SimTable table = anyTable();
    if (!table.exists) {
      return;
    }
    if (!table.lastScanned.isEmpty() && random.chance(0.3)) {
      table.delete(random.pick(List.copyOf(table.lastScanned)));
    } else if (random.chance(0.3)) {
      table.delete(key());
    } else {
      table.put(key());
    }
  }

  private void reshard() {
    anyTable().stream.filter(stream -> stream.open).ifPresent(SimStream::reshard);
  }

  private void switchStreamOff() {
    SimTable table = anyTable();
    if (table.isStreamed()) {
      table.disableStream();
      at(Duration.ofMillis(random.between(0, 20_000)), () -> switchStreamOn(table));
    }
  }

  private void switchStreamOn(SimTable table) {
    if (table.exists && table.stream.isPresent() && !table.isStreamed()) {
      table.enableStream(scenario.tables().firstShards(), false);
    }
  }

  private void dropTable() {
    SimTable table = anyTable();
    if (table.exists) {
      table.drop();
      if (random.chance(0.5)) {
        at(Duration.ofMillis(random.between(0, 90_000)), () -> create(table));
      }
    }
  }

  private void create(SimTable table) {
    if (!table.exists) {
      table.create();
      if (random.chance(0.5)) {
        table.enableStream(scenario.tables().firstShards(), false);
      }
      for (int i = random.between(0, 10); i > 0; i--) {
        table.put(key());
      }
    }
  }
}
