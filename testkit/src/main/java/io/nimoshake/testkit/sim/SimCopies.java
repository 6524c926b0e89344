package io.nimoshake.testkit.sim;

import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.Source.Export;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The full exports from which tables of a run are copied. Each is a wish first. It has the items as
 * they were at its time, takes time, and gets another id when it is requested.
 */
final class SimCopies {
  private static final int MOST_FILES = 4;
  private static final String REQUESTED = " requested";

  private final SimLoop loop;
  private final Duration longest;
  private final Map<String, Made> made = new HashMap<>();
  private int wishes;

  /** An item of a file. */
  record Item(String key, long version) {}

  private record Made(long readyNanos, Instant time, List<List<Item>> files) {}

  /**
   * @param longest how long one takes at most
   */
  SimCopies(SimLoop loop, Duration longest) {
    this.loop = loop;
    this.longest = longest;
  }

  /** An export that nobody has requested yet. */
  Export wish(SimTable table, Instant time) {
    return new Export.Pending(table.name + " " + ++wishes + " of " + time, time, "an export");
  }

  /** Requests the export of a wish if that was not done yet, else says how far it is. */
  Export pursue(SimTable table, String id) {
    String wish = id.endsWith(REQUESTED) ? id.substring(0, id.length() - REQUESTED.length()) : id;
    Made one = made.computeIfAbsent(wish, key -> make(table, key));
    return loop.nanoTime() < one.readyNanos()
        ? new Export.Pending(wish + REQUESTED, one.time(), "an export")
        : new Export.Ready(wish, one.files().size(), one.time());
  }

  private Made make(SimTable table, String wish) {
    Instant time = Instant.parse(wish.substring(wish.lastIndexOf(' ') + 1));
    TreeMap<String, Long> items = new TreeMap<>();
    for (SimShard.Rec change : table.changes()) {
      if (change.time().isAfter(time)) {
        continue;
      } else if (change.delete()) {
        items.remove(change.key());
      } else {
        items.put(change.key(), change.version());
      }
    }
    int count = loop.random().between(items.isEmpty() ? 0 : 1, MOST_FILES);
    List<List<Item>> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      files.add(new ArrayList<>());
    }
    items.forEach(
        (key, version) ->
            files.get(SimTable.hashOf(key) % files.size()).add(new Item(key, version)));
    loop.trace("source: export " + wish + ": " + items.size() + " items, " + count + " files");
    long takes = longest.isZero() ? 0 : loop.random().below(longest.toNanos());
    return new Made(loop.nanoTime() + takes, time, files);
  }

  /** The items of a file. */
  List<Item> file(Split.ExportFile split) {
    return made.get(split.export()).files().get(split.index());
  }
}
