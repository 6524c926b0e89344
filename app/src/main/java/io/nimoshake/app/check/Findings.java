package io.nimoshake.app.check;

import io.nimoshake.core.fault.Fault;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts what was found in one table, passes it on, and keeps the first few. For many threads. */
public final class Findings {
  private static final int SHOWN = 5;

  private final Sink sink;
  private final Map<Finding.Kind, Long> counts = new EnumMap<>(Finding.Kind.class);
  private final List<Finding> shown = new ArrayList<>();
  private long mended;

  /** Where findings go; called by one thread at a time for each table. */
  public interface Sink {
    void accept(Finding finding) throws Fault;
  }

  Findings(Sink sink) {
    this.sink = sink;
  }

  synchronized void add(Finding finding) throws Fault {
    counts.merge(finding.kind(), 1L, Long::sum);
    if (finding.mended().map(Finding.Mended::done).orElse(false)) {
      mended++;
    }
    if (shown.size() < SHOWN) {
      shown.add(finding);
    }
    sink.accept(finding);
  }

  synchronized long count(Finding.Kind kind) {
    return counts.getOrDefault(kind, 0L);
  }

  synchronized long mended() {
    return mended;
  }

  synchronized List<Finding> shown() {
    return List.copyOf(shown);
  }
}
