package io.nimoshake.app.progress;

import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * How many items and changes are written a second: the mean of the last ten seconds. Safe for use
 * by several threads.
 */
final class Rates {
  private static final double NANOS = 1e9;
  private static final long WINDOW_NANOS = 10_000_000_000L;

  /** Two samples that are closer than this would give a rate that is mostly noise. */
  private static final long LEAST_NANOS = 500_000_000L;

  private final Map<String, Deque<Sample>> samples = new HashMap<>();

  private record Sample(long nanos, long copied, long changed) {}

  /** Takes a sample of the counters. Call it about once a second. */
  synchronized void sample(SyncView view, long nowNanos) {
    for (TableView table : view.tables()) {
      Deque<Sample> own = samples.computeIfAbsent(table.name(), name -> new ArrayDeque<>());
      if (own.isEmpty() || nowNanos - own.getLast().nanos >= LEAST_NANOS) {
        own.add(
            new Sample(
                nowNanos, table.stats().copy.written.sum(), table.stats().stream.written.sum()));
      }
      while (nowNanos - own.getFirst().nanos > WINDOW_NANOS && own.size() > 2) {
        own.removeFirst();
      }
    }
    samples.keySet().removeIf(name -> view.tables().stream().noneMatch(t -> t.name().equals(name)));
  }

  /** The rate of a table; zero before the second sample. */
  synchronized Rate of(String table) {
    Deque<Sample> own = samples.get(table);
    if (own == null || own.size() < 2) {
      return Rate.NONE;
    }
    Sample first = own.getFirst();
    Sample last = own.getLast();
    double seconds = (last.nanos - first.nanos) / NANOS;
    return new Rate(
        (last.copied - first.copied) / seconds, (last.changed - first.changed) / seconds);
  }
}
