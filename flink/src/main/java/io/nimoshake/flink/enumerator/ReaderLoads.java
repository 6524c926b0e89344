package io.nimoshake.flink.enumerator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The assignments of each reader, of one kind: segments and shards are balanced separately. */
final class ReaderLoads {
  private final Map<Integer, List<Long>> byReader = new TreeMap<>();

  ReaderLoads(Set<Integer> readers) {
    readers.forEach(reader -> byReader.put(reader, new ArrayList<>()));
  }

  /** Counts an assignment. Ignores a reader that is not registered. */
  void add(int reader, long assignment) {
    List<Long> assignments = byReader.get(reader);
    if (assignments != null) {
      assignments.add(assignment);
    }
  }

  private int count(int reader) {
    return byReader.get(reader).size();
  }

  /**
   * The reader with the fewest assignments. If several have equally few, the one of them with the
   * fewest of the other kind.
   *
   * @param others the assignments of the other kind, of the same readers
   */
  int leastLoaded(ReaderLoads others) {
    return byReader.keySet().stream()
        .min(
            (a, b) -> {
              int own = Integer.compare(count(a), count(b));
              return own != 0 ? own : Integer.compare(others.count(a), others.count(b));
            })
        .orElseThrow();
  }

  /** The assignments that readers have beyond their equal share. */
  List<Long> surplus() {
    int total = byReader.values().stream().mapToInt(List::size).sum();
    int part = (total + byReader.size() - 1) / byReader.size();
    List<Long> surplus = new ArrayList<>();
    for (List<Long> assignments : byReader.values()) {
      if (assignments.size() > part) {
        surplus.addAll(assignments.subList(part, assignments.size()));
      }
    }
    return surplus;
  }
}
