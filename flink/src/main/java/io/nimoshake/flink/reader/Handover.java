package io.nimoshake.flink.reader;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.ChangeWriter;
import io.nimoshake.core.flow.StreamMode;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.flink.wire.TablePlace;
import io.nimoshake.flink.wire.WriteRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** Gives what pipelines of one table read to the sink; what became of it comes back from there. */
final class Handover implements ChangeWriter {
  private final TablePlace place;
  private final RequestQueue queue;
  private final Set<Outcome> unanswered;
  private final StreamMode streamMode = new StreamMode();

  /**
   * @param unanswered outcomes of requests that were sent; one that is told takes itself out
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
  public void write(
      Split split,
      List<Change> changes,
      WriteMode copyMode,
      BooleanSupplier stop,
      Outcome outcome) {
    boolean copied = split instanceof Split.ScanSegment;
    WriteMode mode = copied ? copyMode : streamMode.begin();
    Outcome once = new Once(outcome, () -> endOf(copied, mode));
    WriteRequest request =
        new WriteRequest(
            place, mode, copied, changes, Optional.of(new WriteRequest.Handle(stop, once)));
    if (!queue.put(request)) {
      once.aborted();
    }
  }

  private void endOf(boolean copied, WriteMode mode) {
    if (!copied) {
      streamMode.end(mode);
    }
  }

  /** The first word counts: the sink's, or the end's. */
  private final class Once implements Outcome {
    private final Outcome outcome;
    private final Runnable over;
    private final AtomicBoolean told = new AtomicBoolean();

    Once(Outcome outcome, Runnable over) {
      this.outcome = outcome;
      this.over = over;
    }

    private void tell(Runnable word) {
      if (told.compareAndSet(false, true)) {
        unanswered.remove(this);
        over.run();
        word.run();
      }
    }

    @Override
    public void durable() {
      tell(outcome::durable);
    }

    @Override
    public void failed(Fault fault) {
      tell(() -> outcome.failed(fault));
    }

    @Override
    public void aborted() {
      tell(outcome::aborted);
    }
  }
}
