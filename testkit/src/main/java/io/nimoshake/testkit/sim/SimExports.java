package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.Source.ChangeExport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The incremental exports of the tables of a run. They take time, and some fail for good. Of some
 * tables the past is kept only since some moment of the run.
 *
 * <p>As those of DynamoDB, they have nothing of an item that was inserted and deleted in the same
 * window.
 */
final class SimExports {
  /** The past of a table is known so much later. */
  private static final Duration BEHIND = Duration.ofMinutes(5);

  private static final int MOST_FILES = 3;

  private final SimLoop loop;
  private final SimTroubles.Exports drawn;
  private final Map<String, Made> made = new HashMap<>();
  private final Map<String, List<List<SimShard.Rec>>> files = new HashMap<>();

  /**
   * By export, then by key: versions of items that were inserted and deleted in its window, and
   * when they were made.
   */
  private final Map<String, Map<String, Map<Long, Instant>>> untold = new HashMap<>();

  private record Made(long readyNanos, boolean fails, ChangeExport export) {}

  SimExports(SimLoop loop, SimTroubles.Exports drawn) {
    this.loop = loop;
    this.drawn = drawn;
  }

  /** The export of a window; empty until it is complete. */
  Optional<ChangeExport> of(SimTable table, Instant from, Instant to) throws Fault {
    if (from.isBefore(table.recordedSince(drawn.recordedAfter()))) {
      loop.trace("source: " + table.name + " has no past at " + from);
      throw new Fault.NoBackfill("the past of " + table.name + " is not kept since " + from, null);
    }
    if (table.serviceTime().minus(BEHIND).isBefore(to)) {
      return Optional.empty();
    }
    String id = id(table.name, from, to);
    Made one = made.computeIfAbsent(id, key -> make(table, from, to, key));
    if (loop.nanoTime() < one.readyNanos()) {
      return Optional.empty();
    } else if (one.fails()) {
      throw new Fault.NoBackfill("the export of " + id + " has failed", null);
    }
    return Optional.of(
        new ChangeExport(one.export().id(), one.export().files(), table.serviceTime()));
  }

  private static String id(String table, Instant from, Instant to) {
    return table + " from " + from + " to " + to;
  }

  private Made make(SimTable table, Instant from, Instant to, String id) {
    int count = loop.random().between(0, MOST_FILES);
    Set<String> before = new HashSet<>();
    TreeMap<String, SimShard.Rec> last = new TreeMap<>();
    TreeMap<String, Map<Long, Instant>> versions = new TreeMap<>();
    for (SimShard.Rec change : table.changes()) {
      if (change.time().isBefore(from)) {
        if (change.delete()) {
          before.remove(change.key());
        } else {
          before.add(change.key());
        }
      } else if (change.time().isBefore(to)) {
        last.put(change.key(), change);
        versions
            .computeIfAbsent(change.key(), key -> new HashMap<>())
            .put(change.version(), table.loopTime(change.time()));
      }
    }
    versions.keySet().removeIf(key -> before.contains(key) || !last.get(key).delete());
    last.keySet().removeAll(versions.keySet());
    untold.put(id, versions);
    count = last.isEmpty() ? count : Math.max(1, count);
    List<List<SimShard.Rec>> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      parts.add(new ArrayList<>());
    }
    for (SimShard.Rec change : last.values()) {
      parts.get(SimTable.hashOf(change.key()) % count).add(change);
    }
    parts.forEach(loop.random()::shuffle);
    files.put(id, parts);
    loop.trace("source: export of " + id + ": " + last.size() + " changes, " + count + " files");
    long takes = drawn.longest().isZero() ? 0 : loop.random().below(drawn.longest().toNanos());
    return new Made(
        loop.nanoTime() + takes,
        loop.random().chance(drawn.failRate()),
        new ChangeExport(id, count, table.serviceTime()));
  }

  /**
   * Versions, by key, of the items of which the export of a window tells nothing, with their times.
   */
  Map<String, Map<Long, Instant>> untold(String table, Instant from, Instant to) {
    return untold.get(id(table, from, to));
  }

  /** Whether an export tells nothing of a change, although it was made in its window. */
  boolean isUntold(String table, String key, long version) {
    return untold.entrySet().stream()
        .filter(of -> of.getKey().startsWith(table + " "))
        .anyMatch(of -> of.getValue().getOrDefault(key, Map.of()).containsKey(version));
  }

  /** The changes of a file. */
  List<SimShard.Rec> file(Split.ChangeFile split) {
    return files.get(split.export()).get(split.index());
  }
}
