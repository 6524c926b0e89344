package io.nimoshake.core.flow;

import io.nimoshake.core.model.Page;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.WriteMode;
import java.util.function.BooleanSupplier;

/**
 * Remembers which keys a table's stream changes, before they are written. Whoever compares both
 * sides looks at them first. What the copy writes is not remembered.
 */
public final class RememberingWriter implements ChangeWriter {
  private final ChangeWriter writer;
  private final ChangedKeys changed;
  private final Scheduler scheduler;

  public RememberingWriter(ChangeWriter writer, ChangedKeys changed, Scheduler scheduler) {
    this.writer = writer;
    this.changed = changed;
    this.scheduler = scheduler;
  }

  @Override
  public void write(Page page, WriteMode copyMode, BooleanSupplier stop, Outcome outcome) {
    if (!(page.split() instanceof Split.OfCopy)) {
      changed.add(page.changes(), scheduler.now().toEpochMilli());
    }
    writer.write(page, copyMode, stop, outcome);
  }

  @Override
  public boolean takesEmptyPages() {
    return writer.takesEmptyPages();
  }

  @Override
  public StreamMode streamMode() {
    return writer.streamMode();
  }
}
