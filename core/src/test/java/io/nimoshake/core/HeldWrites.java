package io.nimoshake.core;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.ChangeWriter;
import io.nimoshake.core.flow.StreamMode;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Page;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.WriteMode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Takes writes and holds them until a test says what became of each. */
public final class HeldWrites implements ChangeWriter {
  /** One write. */
  public record Write(Page page, WriteMode mode, BooleanSupplier stop, Outcome outcome) {
    public Split split() {
      return page.split();
    }

    public List<Change> changes() {
      return page.changes();
    }
  }

  private final Deque<Write> held = new ArrayDeque<>();
  private final StreamMode streamMode = new StreamMode();

  /** If set, writes are durable at once. */
  public boolean atOnce;

  /** If set, pages without changes are written, too. */
  public boolean empty;

  @Override
  public void write(Page page, WriteMode mode, BooleanSupplier stop, Outcome outcome) {
    if (atOnce) {
      outcome.durable();
    } else {
      held.add(new Write(page, mode, stop, outcome));
    }
  }

  @Override
  public boolean takesEmptyPages() {
    return empty;
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
