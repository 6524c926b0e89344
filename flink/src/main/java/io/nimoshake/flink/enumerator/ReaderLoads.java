package io.nimoshake.flink.enumerator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Which assignments of one kind each reader has: segments and shards are dealt out apart. */
final class ReaderLoads {
  private final Map<Integer, List<Long>> byReader = new TreeMap<>();

  ReaderLoads(Set<Integer> readers) {
    readers.forEach(reader -> byReader.put(reader, new ArrayList<>()));
  }

  /** Counts an assignment, unless its reader is not one of ours. */
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
   * The reader that has the fewest; of several, the one that has the fewest of the other kind.
   *
   * @param others those of the other kind, of the same readers
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

  /** What readers have beyond their part. */
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
