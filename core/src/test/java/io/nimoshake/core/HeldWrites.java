package io.nimoshake.core;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.ChangeWriter;
import io.nimoshake.core.flow.StreamMode;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.WriteMode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Takes writes and holds them until a test says what became of each. */
public final class HeldWrites implements ChangeWriter {
  /** One write. */
  public record Write(
      Split split, List<Change> changes, WriteMode mode, BooleanSupplier stop, Outcome outcome) {}

  private final Deque<Write> held = new ArrayDeque<>();
  private final StreamMode streamMode = new StreamMode();

  /** If set, writes are durable at once. */
  public boolean atOnce;

  @Override
  public void write(
      Split split, List<Change> changes, WriteMode mode, BooleanSupplier stop, Outcome outcome) {
    if (atOnce) {
      outcome.durable();
    } else {
      held.add(new Write(split, changes, mode, stop, outcome));
    }
  }

  @Override
  public StreamMode streamMode() {
    return streamMode;
  }

  public int held() {
    return held.size();
  }

  /** The longest held write. */
  public Write peek() {
    return held.element();
  }

  /** The longest held write, which is held no more. */
  public Write take() {
    return held.remove();
  }

  public void durable() {
    take().outcome().durable();
  }

  public void fail(Fault fault) {
    take().outcome().failed(fault);
  }
}
