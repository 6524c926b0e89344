package io.nimoshake.testkit.fault;

import java.util.Map;
import java.util.TreeMap;

/** Counts faults by kind. Safe for use by several threads. */
final class Tally {
  private final Map<String, Long> counts = new TreeMap<>();

  synchronized void count(String kind) {
    counts.merge(kind, 1L, Long::sum);
  }

  synchronized Map<String, Long> counts() {
    return Map.copyOf(counts);
  }
}
