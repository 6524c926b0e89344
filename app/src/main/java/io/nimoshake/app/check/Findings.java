package io.nimoshake.app.check;

import io.nimoshake.core.fault.Fault;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts the findings of one table, passes them on, and keeps the first few. For many threads. */
public final class Findings {
  private static final int SHOWN = 5;

  private final Sink sink;
  private final Map<Finding.Kind, Long> counts = new EnumMap<>(Finding.Kind.class);
  private final List<Finding> shown = new ArrayList<>();
  private long repaired;

  /** Receives findings; called by one thread at a time for each table. */
  public interface Sink {
    void accept(Finding finding) throws Fault;
  }

  Findings(Sink sink) {
    this.sink = sink;
  }

  synchronized void add(Finding finding) throws Fault {
    counts.merge(finding.kind(), 1L, Long::sum);
    if (finding.repair().map(Finding.Repaired::done).orElse(false)) {
      repaired++;
    }
    if (shown.size() < SHOWN) {
      shown.add(finding);
    }
    sink.accept(finding);
  }

  synchronized long count(Finding.Kind kind) {
    return counts.getOrDefault(kind, 0L);
  }

  synchronized long repaired() {
    return repaired;
  }

  synchronized List<Finding> shown() {
    return List.copyOf(shown);
  }
}
