package io.nimoshake.flink.sink;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.Activity;
import io.nimoshake.core.flow.ChangeWriter.Outcome;
import io.nimoshake.core.flow.Retry;
import io.nimoshake.core.flow.Scheduler;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.flow.TableWriter;
import io.nimoshake.core.port.Target;
import io.nimoshake.flink.wire.TablePlace;
import io.nimoshake.flink.wire.WriteRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A table in the target that the enumerator has prepared. Before its first write, this process
 * finds out the layout of the table. Writes that come earlier wait without a thread.
 */
final class PreparedTable {
  /** A request that came before the layout was known. */
  private record Early(
      WriteRequest request, TableStats.Kind kind, BooleanSupplier stop, Outcome outcome) {}

  private final TablePlace place;
  private final Target target;
  private final TableWriter writer;
  private final Scheduler scheduler;
  private final Retry retry;

  // Guarded by this.
  private final List<Early> early = new ArrayList<>();
  private boolean asked;
  private boolean ready;

  PreparedTable(
      TablePlace place,
      Target target,
      TableWriter writer,
      Scheduler scheduler,
      RetryPolicy retryPolicy,
      TableStats stats) {
    this.place = place;
    this.target = target;
    this.writer = writer;
    this.scheduler = scheduler;
    this.retry =
        new Retry(
            Activity.ofTable(
                place.schema().name(), "preparing its collection", stats.managing, stats.failures),
            retryPolicy,
            scheduler);
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
      scheduler.execute(this::prepare);
    } else {
      pass(new Early(request, kind, stop, outcome));
    }
  }

  private void pass(Early e) {
    writer.writeAs(e.request.mode(), e.request.changes(), e.kind, e.stop, e.outcome);
  }

  private void prepare() {
    retry.run(
        Retry.Call.of(() -> target.prepare(place.schema(), place.resume())),
        new Preparation(),
        scheduler);
  }

  private final class Preparation implements Retry.Outcome<Void> {
    @Override
    public boolean isStopped() {
      return allStop();
    }

    @Override
    public void stopped() {
      taken().forEach(e -> e.outcome.aborted());
    }

    @Override
    public void succeeded(Void nothing) {
      List<Early> waiting;
      synchronized (PreparedTable.this) {
        ready = true;
        waiting = List.copyOf(early);
        early.clear();
      }
      waiting.forEach(PreparedTable.this::pass);
    }

    @Override
    public void failed(Fault fault) {
      // The next request, if there is one, tries again.
      taken().forEach(e -> e.outcome.failed(fault));
    }
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
