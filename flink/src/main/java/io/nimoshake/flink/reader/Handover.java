package io.nimoshake.flink.reader;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.ChangeWriter;
import io.nimoshake.core.flow.StreamMode;
import io.nimoshake.core.model.Page;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.flink.wire.TablePlace;
import io.nimoshake.flink.wire.WriteRequest;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** Hands the changes of one table from its pipelines to the sink, and brings the outcome back. */
final class Handover implements ChangeWriter {
  private final TablePlace place;
  private final RequestQueue queue;
  private final Set<Outcome> unanswered;
  private final StreamMode streamMode = new StreamMode();

  /**
   * @param unanswered outcomes of requests that the sink has; an outcome removes itself when it is
   *     set
   */
  Handover(TablePlace place, RequestQueue queue, Set<Outcome> unanswered) {
    this.place = place;
    this.queue = queue;
    this.unanswered = unanswered;
  }

  @Override
  public StreamMode streamMode() {
    return streamMode;
  }

  @Override
  public void write(Page page, WriteMode copyMode, BooleanSupplier stop, Outcome outcome) {
    boolean copied = page.split() instanceof Split.OfCopy;
    WriteMode mode = streamMode.begin(page.split(), copyMode);
    Outcome once = new Once(outcome, () -> streamMode.end(page.split(), mode));
    WriteRequest request =
        new WriteRequest(
            place, mode, copied, page.changes(), Optional.of(new WriteRequest.Handle(stop, once)));
    if (!queue.put(request)) {
      once.aborted();
    }
  }

  /** Passes on the first outcome only: that of the sink, or that of the end of the task. */
  private final class Once implements Outcome {
    private final Outcome outcome;
    private final Runnable over;
    private final AtomicBoolean set = new AtomicBoolean();

    Once(Outcome outcome, Runnable over) {
      this.outcome = outcome;
      this.over = over;
    }

    private void setOnce(Runnable report) {
      if (set.compareAndSet(false, true)) {
        unanswered.remove(this);
        over.run();
        report.run();
      }
    }

    @Override
    public void durable() {
      setOnce(outcome::durable);
    }

    @Override
    public void failed(Fault fault) {
      setOnce(() -> outcome.failed(fault));
    }

    @Override
    public void aborted() {
      setOnce(outcome::aborted);
    }
  }
}
