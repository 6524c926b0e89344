package io.nimoshake.flink.sink;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.ChangeWriter.Outcome;
import io.nimoshake.core.flow.Scheduler;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.flow.TableWriter;
import io.nimoshake.core.port.Target;
import io.nimoshake.flink.wire.TablePlace;
import io.nimoshake.flink.wire.WriteRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table in the target as the enumerator prepared it. This process finds out how it lies before
 * its first write, which waits for that in no thread.
 */
final class PreparedTable {
  private static final Logger LOG = LoggerFactory.getLogger(PreparedTable.class);

  /** A request that came too early. */
  private record Early(
      WriteRequest request, TableStats.Kind kind, BooleanSupplier stop, Outcome outcome) {}

  private final TablePlace place;
  private final Target target;
  private final TableWriter writer;
  private final Scheduler scheduler;
  private final TableStats stats;

  // Guarded by this.
  private final List<Early> early = new ArrayList<>();
  private boolean asked;
  private boolean ready;

  PreparedTable(
      TablePlace place, Target target, TableWriter writer, Scheduler scheduler, TableStats stats) {
    this.place = place;
    this.target = target;
    this.writer = writer;
    this.scheduler = scheduler;
    this.stats = stats;
  }

  TablePlace place() {
    return place;
  }

  void write(WriteRequest request, TableStats.Kind kind, BooleanSupplier stop, Outcome outcome) {
    boolean ask;
    synchronized (this) {
      if (!ready) {
        early.add(new Early(request, kind, stop, outcome));
      }
      ask = !ready && !asked;
      asked |= ask;
      if (!ready && !ask) {
        return;
      }
    }
    if (ask) {
      scheduler.execute(() -> prepare(1));
    } else {
      pass(new Early(request, kind, stop, outcome));
    }
  }

  private void pass(Early e) {
    writer.writeAs(e.request.mode(), e.request.changes(), e.kind, e.stop, e.outcome);
  }

  private void prepare(int attempt) {
    if (allStop()) {
      taken().forEach(e -> e.outcome.aborted());
      return;
    }
    try {
      target.prepare(place.schema(), place.resume());
    } catch (Fault f) {
      if (f.isRetryable()) {
        stats.managing.count(f);
        if (attempt == 3) {
          LOG.warn("table {} is held up, trying on: {}", place.schema().name(), f.getMessage());
        }
        scheduler.after(
            RetryPolicy.DEFAULT.delay(attempt, scheduler.random()), () -> prepare(attempt + 1));
      } else {
        // Asked again by the next request, if one still comes.
        taken().forEach(e -> e.outcome.failed(f));
      }
      return;
    }
    List<Early> waiting;
    synchronized (this) {
      ready = true;
      waiting = List.copyOf(early);
      early.clear();
    }
    waiting.forEach(this::pass);
  }

  private synchronized boolean allStop() {
    return early.stream().allMatch(e -> e.stop.getAsBoolean());
  }

  private synchronized List<Early> taken() {
    asked = false;
    List<Early> all = List.copyOf(early);
    early.clear();
    return all;
  }
}
