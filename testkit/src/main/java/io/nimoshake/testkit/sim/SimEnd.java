package io.nimoshake.testkit.sim;

import io.nimoshake.core.engine.SyncResult;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.plan.TableState;
import io.nimoshake.core.port.Target.Existing;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/** What must hold when a process has caught up, and when it has ended. */
final class SimEnd {
  private final SimWorld world;
  private final SimScenario scenario;
  private final SimMisfortune misfortune;

  SimEnd(SimWorld world, SimMisfortune misfortune) {
    this.world = world;
    this.scenario = world.scenario();
    this.misfortune = misfortune;
  }

  /** Whether nothing is left to be done for a table. */
  boolean isCaughtUp(SimProcess process, SimTable table) {
    TableState state = process.states().get(table.name);
    // A table that was deleted before this process could list it is left as it is.
    boolean over =
        table.exists
            ? state == TableState.FAILED
            : state == null || state == TableState.FAILED || state == TableState.DONE;
    return over || table.exists && world.promises().isCaughtUp(table, scenario.streams());
  }

  /** Checks how a process has ended. */
  void checkResult(SimProcess process) {
    if (process.result().isEmpty()) {
      return;
    }
    SyncResult result = process.result().get();
    if (result.fatal().isPresent() && !process.wasCutOff()) {
      throw new SimFailure("ended with " + result.fatal());
    }
    if (!mayFail(result.failedTables())) {
      throw new SimFailure("ended with failed tables " + result.failedTables());
    }
    if (process.openReaders() != 0) {
      throw new SimFailure(process.openReaders() + " readers are open at the end");
    }
    boolean allOver =
        process.states().values().stream()
            .allMatch(state -> state == TableState.FAILED || state == TableState.DONE);
    boolean hasReason = process.wasStopped() || process.wasCutOff() || allOver;
    if (scenario.streams() && !hasReason) {
      throw new SimFailure("it ended by itself");
    }
  }

  private boolean mayFail(Map<String, Fault> failed) {
    return failed.entrySet().stream()
        .allMatch(e -> mayFail(world.source().table(e.getKey()), e.getValue()));
  }

  private boolean mayFail(SimTable table, Fault fault) {
    if (fault instanceof Fault.TableFailed) {
      return table.wasDeleted || misfortune.mayFail(table);
    }
    return fault instanceof Fault.Gap
        && table.hasLostChanges()
        && (!scenario.sync().onGap().resyncs()
            || !scenario.services().swaps()
            || scenario.sync().existing() == Existing.KEEP);
  }

  /** Checks that the target equals the source. */
  void checkEqual(SimProcess process) {
    Map<String, TableState> states = process.states();
    for (SimTable table : world.source().tables.values()) {
      if (isToBeEqual(process, table, states.get(table.name))) {
        checkEqual(table);
      }
    }
  }

  private boolean isToBeEqual(SimProcess process, SimTable table, TableState state) {
    if (state == null || state == TableState.FAILED) {
      return false;
    }
    // A sync that ended by itself may not have seen that a deleted table was created again.
    boolean overlooked = scenario.streams() && state == TableState.DONE && !process.wasStopped();
    return table.exists ? !overlooked : world.promises().couldBeRead(table);
  }

  private void checkEqual(SimTable table) {
    SimTarget.Content content = world.target().collection(table.name);
    if (content.hasTombstone()) {
      throw new SimFailure(table.name + ": a tombstone is left");
    }
    TreeMap<String, Long> found = new TreeMap<>();
    content.docs.forEach((key, doc) -> found.put(key, doc.version()));
    TreeMap<String, Long> wanted = new TreeMap<>(table.items);
    if (scenario.sync().existing() == Existing.KEEP) {
      world
          .foreign()
          .get(table.name)
          .keySet()
          .forEach(key -> wanted.putIfAbsent(key, SimTarget.FOREIGN));
    }
    // A document of others may be merged with an item, and go when that is deleted.
    Iterator<Map.Entry<String, Long>> it = wanted.entrySet().iterator();
    while (it.hasNext()) {
      Map.Entry<String, Long> entry = it.next();
      boolean merged = entry.getValue() == SimTarget.FOREIGN && entry.getKey().startsWith("k");
      if (merged && !found.containsKey(entry.getKey())) {
        it.remove();
      }
    }
    BiPredicate<String, Long> mayBeLeft =
        (key, version) ->
            !table.items.containsKey(key)
                && world.promises().leftovers().mayBe(table.name, key, version);
    Set<String> left = new HashSet<>();
    found.forEach(
        (key, version) -> {
          if (mayBeLeft.test(key, version)) {
            left.add(key);
          }
        });
    found.keySet().removeAll(left);
    wanted.keySet().removeAll(left);
    // A crash within a write may leave an item in one of the two and not in the other.
    content.mapped.checkEqual(table, mayBeLeft);
    if (!found.equals(wanted)) {
      throw new SimFailure(table.name + ": " + differences(wanted, found));
    }
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
}
