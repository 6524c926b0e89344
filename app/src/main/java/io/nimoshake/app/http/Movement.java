package io.nimoshake.app.http;

import io.nimoshake.app.progress.SyncNumbers;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.plan.PlanView.Backfill;
import io.nimoshake.core.plan.TableState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Measures for how long nothing was read or written of a table although there was work. The time
 * starts anew whenever there is no work, so a copy that has just begun, or a pause that has just
 * ended, does not count as standing still. Safe for use by several threads.
 */
final class Movement {
  private final Map<String, Seen> seen = new HashMap<>();

  private record Counts(
      TableState state, long copyRead, long copyWritten, long streamRead, long streamWritten) {
    static Counts of(TableView table) {
      TableStats stats = table.stats();
      return new Counts(
          table.plan().state(),
          stats.copy.read.sum(),
          stats.copy.written.sum(),
          stats.stream.read.sum(),
          stats.stream.written.sum());
    }
  }

  private record Seen(Counts counts, Instant moved) {}

  /** Takes a sample of the counters. Call it about once a second. */
  synchronized void sample(SyncNumbers numbers) {
    Instant now = numbers.at();
    for (TableView table : numbers.view().tables()) {
      Counts counts = Counts.of(table);
      Seen before = seen.get(table.name());
      if (before == null || !before.counts.equals(counts) || !hasWork(table)) {
        seen.put(table.name(), new Seen(counts, now));
      }
    }
  }

  private static boolean hasWork(TableView table) {
    // Without a file it waits for its export, which takes as long as it takes.
    boolean copying =
        table.plan().state() == TableState.COPYING && table.plan().awaits().isEmpty()
            || table.plan().state() == TableState.BACKFILLING
                && table.plan().backfill().filter(Backfill::exported).isPresent();
    boolean waiting = table.stats().stream.inFlight.sum() > 0;
    return table.limits().gate().isOpen()
        && table.plan().state() != TableState.FAILED
        && (copying || waiting);
  }

  /** For how long nothing has moved although there was work. */
  synchronized Duration stillFor(TableView table, Instant now) {
    Seen last = seen.get(table.name());
    return last == null ? Duration.ZERO : Duration.between(last.moved, now);
  }
}
