package io.nimoshake.testkit.sim;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.testkit.sim.SimTarget.Doc;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/**
 * The same table under a mapping: nearly every change moves an item to another collection, or to
 * none. It does what {@code Mapping} asks of a target: documents are written before others are
 * deleted, each in every collection where the item could be; a copy beside the stream deletes
 * nothing.
 */
final class SimMapped {
  private static final int COLLECTIONS = 3;

  private final List<TreeMap<String, Doc>> collections = new ArrayList<>();

  SimMapped() {
    for (int i = 0; i < COLLECTIONS; i++) {
      collections.add(new TreeMap<>());
    }
  }

  /** Where an item of this version belongs; {@link #COLLECTIONS} if it has no document. */
  private static int collectionOf(String key, long version) {
    return Math.floorMod(31 * key.hashCode() + (int) (version * 7 / 3), COLLECTIONS + 1);
  }

  /** The first half of a change: its document. */
  void write(Change change, WriteMode mode) {
    String key = SimTable.keyOf(change);
    long version = SimTable.versionOf(change);
    int to = collectionOf(key, version);
    if (change instanceof Change.Delete || to == COLLECTIONS) {
      return;
    }
    Doc document = new Doc(version, false);
    if (mode == WriteMode.COPY_IF_ABSENT) {
      collections.get(to).putIfAbsent(key, document);
    } else {
      collections.get(to).put(key, document);
    }
  }

  /** The second half: no document anywhere else. */
  void deleteOthers(Change change, WriteMode mode) {
    String key = SimTable.keyOf(change);
    long version = SimTable.versionOf(change);
    int to = change instanceof Change.Delete ? COLLECTIONS : collectionOf(key, version);
    for (int i = 0; i < COLLECTIONS; i++) {
      if (i == to || mode == WriteMode.COPY_IF_ABSENT) {
        continue;
      }
      if (mode == WriteMode.STREAM_WITH_TOMBSTONES) {
        collections.get(i).put(key, new Doc(version, true));
      } else {
        collections.get(i).remove(key);
      }
    }
  }

  void purge() {
    collections.forEach(collection -> collection.values().removeIf(Doc::tombstone));
  }

  boolean hasTombstone() {
    return collections.stream().anyMatch(c -> c.values().stream().anyMatch(Doc::tombstone));
  }

  /**
   * Checks that every item is in its collection and nowhere else.
   *
   * @param mayBeLeft whether a document of this key and version may be there without an item
   */
  void checkEqual(SimTable table, BiPredicate<String, Long> mayBeLeft) {
    List<TreeMap<String, Doc>> wanted = new SimMapped().collections;
    for (Map.Entry<String, Long> item : table.items.entrySet()) {
      int to = collectionOf(item.getKey(), item.getValue());
      if (to < COLLECTIONS) {
        wanted.get(to).put(item.getKey(), new Doc(item.getValue(), false));
      }
    }
    List<TreeMap<String, Doc>> found = new SimMapped().collections;
    for (int i = 0; i < COLLECTIONS; i++) {
      TreeMap<String, Doc> documents = found.get(i);
      documents.putAll(collections.get(i));
      documents.entrySet().removeIf(of -> mayBeLeft.test(of.getKey(), of.getValue().version()));
    }
    if (!found.equals(wanted)) {
      throw new SimFailure(table.name + ", mapped: should be " + wanted + " and is " + found);
    }
  }
}
