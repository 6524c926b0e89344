package io.nimoshake.app.progress;

import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.plan.TableState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * What the counters of tables were before: for how many items and changes are written a second, the
 * mean of the last ten seconds, and for how many items earlier copies have written. Safe for use by
 * several threads.
 */
final class Rates {
  private static final double NANOS = 1e9;
  private static final long WINDOW_NANOS = 10_000_000_000L;

  /** Two samples that are closer than this would give a rate that is mostly noise. */
  private static final long LEAST_NANOS = 500_000_000L;

  private final Map<String, Deque<Sample>> samples = new HashMap<>();

  private final Map<String, Begin> begins = new HashMap<>();

  /** The counter of copied items when the latest copy of a table began, and its state since. */
  private record Begin(long copied, TableState last) {}

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
    begins.keySet().retainAll(samples.keySet());
  }

  /**
   * How many items earlier copies of a table have written in this run. The counter goes on when the
   * table is copied again. Has to be asked now and then, because it sees only then that a copy
   * begins.
   */
  synchronized long copiedBefore(TableView table) {
    TableState state = table.plan().state();
    Begin known = begins.get(table.name());
    boolean copyBegins =
        state.isBeforeCopy() && table.plan().backfill().isEmpty()
            || state == TableState.COPYING && known != null && known.last.isCopied();
    long copied = table.stats().copy.written.sum();
    Begin begin = new Begin(copyBegins ? copied : known == null ? 0 : known.copied, state);
    begins.put(table.name(), begin);
    return begin.copied;
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
