package io.nimoshake.testkit.sim;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.engine.SyncResult;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.plan.TableState;
import io.nimoshake.core.port.Target.Capabilities;
import io.nimoshake.core.port.Target.Existing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One run: a source that changes, a process that dies and comes back, and an end that is checked.
 */
final class Simulation {
  private static final long MOST_STEPS = 400_000;
  private static final int STEPS_A_CHECK = 16;

  /** First pages are taken to be that large, and granted alone if the budget is smaller. */
  private static final long FIRST_PAGE_BYTES = 3 << 20;

  private static final Duration MOST_STOP_TIME = Duration.ofSeconds(60);

  /** A process that lives does not notice that records expire before it reads the first. */
  private static final Duration LONGEST_SUSPENSION = Duration.ofHours(40);

  private final SimRandom random;
  private final SimScenario scenario;
  private final SimLoop loop;
  private final SimFaults faults;
  private final SimPromises promises = new SimPromises();
  private final SimSource source;
  private final SimTarget target;
  private final SimCheckpointStore store;
  private final Map<String, TreeMap<String, SimTarget.Doc>> foreign = new TreeMap<>();
  private SimProcess process;
  private int processes;
  private boolean quiet;
  private int toCome;
  private long stopAskedNanos;
  private long endedNanos;
  private boolean stopComes;

  Simulation(long seed, boolean tracing) {
    random = new SimRandom(seed);
    scenario = SimScenario.of(random);
    loop = new SimLoop(random, scenario.slowRate(), tracing);
    faults = new SimFaults(loop, scenario.faultRate());
    source = new SimSource(loop, faults, scenario, promises);
    target =
        new SimTarget(
            loop,
            faults,
            new Capabilities(
                scenario.insertIfAbsent(), random.between(1, 10), 200, scenario.swaps()),
            promises);
    store = new SimCheckpointStore(loop, faults, promises);
    promises.watch(source, target);
  }

  SimScenario scenario() {
    return scenario;
  }

  SimLoop loop() {
    return loop;
  }

  /** Runs to the end; throws {@link SimFailure} if a promise is broken or the end does not come. */
  void run() {
    makeTables();
    makeHistory();
    startProcess();
    plan();
    int lives = scenario.streams() ? 1 + random.between(0, 1) : 1;
    while (lives > 0) {
      step();
      if (process.isOver() && isAtRest()) {
        checkEnd();
        boolean cameToItsEnd =
            stopComes
                || quiet && !process.wasStopped()
                || !scenario.streams() && !process.wasStopped();
        if (cameToItsEnd) {
          lives--;
          checkEqual();
        }
        if (lives > 0) {
          restart();
        }
      } else if (quiet && scenario.streams() && !stopComes && isCaughtUp()) {
        stopComes = true;
        loop.after(Duration.ofMillis(random.between(0, 3_000)), this::stopProcess);
      }
    }
  }

  // --- the world -------------------------------------------------------------------------------

  private void makeTables() {
    for (int i = 0; i < scenario.tables(); i++) {
      SimTable table = new SimTable("t" + i, loop, scenario.skew(), scenario.wholeSeconds());
      if (scenario.streamFromStart()) {
        table.enableStream(scenario.firstShards(), scenario.trimmedParents());
      }
      if (i > 0 && scenario.lateTables()) {
        table.exists = false;
        at(anyTime(), () -> create(table));
      }
      source.tables.put(table.name, table);
      for (int f = 0; f < scenario.foreign(); f++) {
        String key = random.chance(0.5) ? "foreign" + f : key();
        target.collection(table.name).docs.put(key, new SimTarget.Doc(SimTarget.FOREIGN, false));
      }
      foreign.put(table.name, new TreeMap<>(target.collection(table.name).docs));
    }
  }

  private void makeHistory() {
    Duration longest = Duration.ofMinutes(12);
    for (int i = 0; i < scenario.history(); i++) {
      loop.pass(longest.dividedBy(scenario.history()));
      change();
      if (random.chance(0.05)) {
        reshard();
      }
    }
  }

  private void plan() {
    for (int i = 0; i < scenario.changes(); i++) {
      at(anyTime(), this::change);
    }
    for (int i = 0; i < scenario.reshards(); i++) {
      at(anyTime(), this::reshard);
    }
    for (int i = 0; i < scenario.crashes(); i++) {
      if (random.chance(0.5)) {
        at(anyTime(), this::crash);
      } else {
        at(anyTime(), () -> faults.crashAfter(random.between(0, 60)));
      }
    }
    for (int i = 0; i < scenario.stops(); i++) {
      at(anyTime(), this::stopProcess);
    }
    for (int i = 0; i < scenario.gaps(); i++) {
      at(anyTime(), source::loseSomething);
    }
    for (int i = 0; i < scenario.pauses(); i++) {
      at(
          anyTime(),
          () -> process.pause(anyTable().name, Duration.ofMillis(random.between(1, 5_000))));
    }
    for (int i = 0; i < scenario.suspensions(); i++) {
      at(anyTime(), () -> absence(LONGEST_SUSPENSION));
    }
    for (int i = 0; i < scenario.streamsOff(); i++) {
      at(anyTime(), this::switchStreamOff);
    }
    for (int i = 0; i < scenario.deletions(); i++) {
      at(anyTime(), this::dropTable);
    }
    at(scenario.activeFor(), this::beQuiet);
  }

  /** After a time in which all was late, the rest of it may come after this. */
  private void beQuiet() {
    if (toCome > 0) {
      at(Duration.ofMillis(1), this::beQuiet);
      return;
    }
    loop.trace("quiet from now on");
    source.tables.values().forEach(this::switchStreamOn);
    quiet = true;
    faults.end();
  }

  private void at(Duration time, Runnable work) {
    toCome++;
    loop.after(
        time,
        () -> {
          toCome--;
          work.run();
        });
  }

  private Duration anyTime() {
    return Duration.ofNanos(random.below(scenario.activeFor().toNanos()));
  }

  private SimTable anyTable() {
    return source.table("t" + random.between(0, scenario.tables() - 1));
  }

  private String key() {
    int key =
        random.chance(0.5)
            ? random.between(0, scenario.hotKeys() - 1)
            : random.between(0, scenario.keys() - 1);
    return "k" + key;
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
      table.enableStream(scenario.firstShards(), false);
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
        table.enableStream(scenario.firstShards(), false);
      }
      for (int i = random.between(0, 10); i > 0; i--) {
        table.put(key());
      }
    }
  }

  // --- the process -----------------------------------------------------------------------------

  private void startProcess() {
    processes++;
    stopComes = false;
    endedNanos = 0;
    String host = random.chance(0.7) ? "host" : "host" + processes;
    process = new SimProcess(host, loop, scenario, source, target, store);
  }

  private void crash() {
    if (!quiet && !process.isOver()) {
      restart();
    }
  }

  private void restart() {
    process.kill();
    if (random.chance(0.3)) {
      absence(scenario.longestAbsence());
    }
    startProcess();
  }

  /** Time passes in which the process does nothing, and others do. */
  private void absence(Duration most) {
    if (quiet || scenario.longestAbsence().isZero()) {
      return;
    }
    int pieces = random.between(1, 10);
    long longestNanos = Math.min(most.toNanos(), scenario.longestAbsence().toNanos());
    Duration piece = Duration.ofNanos(random.below(longestNanos)).dividedBy(pieces);
    loop.trace("nothing is done for " + piece.multipliedBy(pieces));
    stopAskedNanos += piece.multipliedBy(pieces).toNanos();
    if (endedNanos != 0) {
      endedNanos += piece.multipliedBy(pieces).toNanos();
    }
    for (int i = 0; i < pieces; i++) {
      loop.pass(piece);
      if (scenario.changes() > 0) {
        change();
      }
      if (random.chance(0.3)) {
        reshard();
      }
    }
  }

  private void stopProcess() {
    if (!process.isOver() && !process.wasStopped()) {
      stopAskedNanos = loop.nanoTime();
      process.stop();
    }
  }

  private void step() {
    boolean alive;
    try {
      alive = loop.step();
    } catch (SimCrash crash) {
      restart();
      return;
    }
    if (!alive) {
      throw new SimFailure("nothing is left to do, and the sync has not ended");
    }
    if (loop.steps() > MOST_STEPS) {
      throw new SimFailure("no end after " + MOST_STEPS + " steps");
    }
    if (loop.steps() % STEPS_A_CHECK == 0) {
      long held = process.memoryHeldBytes();
      if (held < 0 || held > Math.max(scenario.memoryBudgetBytes(), FIRST_PAGE_BYTES)) {
        throw new SimFailure(held + " bytes are held");
      }
      if (process.wasStopped()
          && !process.isOver()
          && loop.nanoTime() - stopAskedNanos > MOST_STOP_TIME.toNanos()) {
        throw new SimFailure("stopping takes longer than " + MOST_STOP_TIME);
      }
    }
  }

  // --- checks ----------------------------------------------------------------------------------

  private boolean isCaughtUp() {
    if (!process.isRunning() || loop.steps() % STEPS_A_CHECK != 0) {
      return false;
    }
    Map<String, TableState> states = process.states();
    return source.tables.values().stream()
        .allMatch(
            t -> {
              TableState state = states.get(t.name);
              // A table that was deleted before this process could list it is left as it is.
              boolean over =
                  t.exists
                      ? state == TableState.FAILED
                      : state == null || state == TableState.FAILED || state == TableState.DONE;
              return over || t.exists && promises.isCaughtUp(t, scenario.streams());
            });
  }

  /** Whether nothing is held any more; reads that were waiting when it ended may take a while. */
  private boolean isAtRest() {
    long held = process.memoryHeldBytes();
    if (endedNanos == 0) {
      endedNanos = loop.nanoTime();
    }
    if (held != 0 && loop.nanoTime() - endedNanos > MOST_STOP_TIME.toNanos()) {
      throw new SimFailure(held + " bytes are held at the end");
    }
    return held == 0;
  }

  private void checkEnd() {
    if (process.result().isEmpty()) {
      return;
    }
    SyncResult result = process.result().get();
    if (result.fatal().isPresent() || !mayFail(result.failedTables())) {
      throw new SimFailure(
          "ended with " + result.fatal() + ", failed tables " + result.failedTables());
    }
    if (source.openReaders() != 0) {
      throw new SimFailure(source.openReaders() + " readers are open at the end");
    }
    boolean allOver =
        process.states().values().stream()
            .allMatch(state -> state == TableState.FAILED || state == TableState.DONE);
    if (!process.wasStopped() && scenario.streams() && !allOver) {
      throw new SimFailure("it ended by itself");
    }
  }

  private boolean mayFail(Map<String, Fault> failed) {
    return failed.entrySet().stream()
        .allMatch(e -> mayFail(source.table(e.getKey()), e.getValue()));
  }

  private boolean mayFail(SimTable table, Fault fault) {
    return fault instanceof Fault.TableFailed && table.wasDeleted
        || fault instanceof Fault.Gap
            && (scenario.onGap() == SyncOptions.OnGap.FAIL
                || !scenario.swaps()
                || scenario.existing() == Existing.KEEP);
  }

  private void checkEqual() {
    Map<String, TableState> states = process.states();
    for (SimTable table : source.tables.values()) {
      TableState state = states.get(table.name);
      boolean keptEqual =
          state != null
              && state != TableState.FAILED
              && (table.exists ? !isOverlooked(state) : promises.couldBeRead(table));
      if (!keptEqual) {
        continue;
      }
      TreeMap<String, Long> found = new TreeMap<>();
      target.collection(table.name).docs.forEach((key, doc) -> found.put(key, doc.version()));
      if (target.collection(table.name).hasTombstone()) {
        throw new SimFailure(table.name + ": a tombstone is left");
      }
      TreeMap<String, Long> wanted = new TreeMap<>(table.items);
      keptForeign(table).forEach(wanted::putIfAbsent);
      // A document of others may be merged with an item, and go when that is deleted.
      Iterator<Map.Entry<String, Long>> it = wanted.entrySet().iterator();
      while (it.hasNext()) {
        Map.Entry<String, Long> entry = it.next();
        boolean merged = entry.getValue() == SimTarget.FOREIGN && entry.getKey().startsWith("k");
        if (merged && !found.containsKey(entry.getKey())) {
          it.remove();
        }
      }
      if (!found.equals(wanted)) {
        throw new SimFailure(table.name + ": " + differences(wanted, found));
      }
    }
  }

  /** A sync that ended by itself may not have seen that a deleted table was created again. */
  private boolean isOverlooked(TableState state) {
    return scenario.streams() && state == TableState.DONE && !process.wasStopped();
  }

  private Map<String, Long> keptForeign(SimTable table) {
    TreeMap<String, Long> kept = new TreeMap<>();
    if (scenario.existing() == Existing.KEEP) {
      foreign.get(table.name).keySet().forEach(key -> kept.put(key, SimTarget.FOREIGN));
    }
    return kept;
  }

  private static List<String> differences(Map<String, Long> wanted, Map<String, Long> found) {
    List<String> differences = new ArrayList<>();
    TreeMap<String, Long> keys = new TreeMap<>(wanted);
    keys.putAll(found);
    for (String key : keys.keySet()) {
      Long in = wanted.get(key);
      Long out = found.get(key);
      if (in == null || !in.equals(out)) {
        differences.add(key + " is @" + in + " in the source, @" + out + " in the target");
      }
    }
    return differences;
  }

  String describe() {
    return "process " + processes + ": " + process.describe();
  }
}
