package io.nimoshake.core.flow;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.SplitReader;
import java.util.Optional;

/**
 * Reads the pages of a split. The split is opened at the first read. Rejected items are in the dead
 * letters when their page is returned. For one thread at a time.
 */
final class PageReader {
  private final Split split;
  private final Position from;
  private final TableFlow table;

  /** Null before the first read. */
  private SplitReader reader;

  /** A page that was read, but whose rejected items are not in the dead letters yet. */
  private Optional<ChangeBatch> unsettled = Optional.empty();

  PageReader(Split split, Position from, TableFlow table) {
    this.split = split;
    this.from = from;
    this.table = table;
  }

  ChangeBatch read() throws Fault {
    if (reader == null) {
      reader = table.source().open(split, from);
    }
    if (unsettled.isEmpty()) {
      // The reader does not give a page a second time.
      unsettled = Optional.of(reader.read());
      table.stats().countRejected(split, unsettled.get().rejected(), table.scheduler().now());
    }
    ChangeBatch page = unsettled.get();
    if (!page.rejected().isEmpty()) {
      table.deadLetters().accept(page.rejected());
    }
    unsettled = Optional.empty();
    return page;
  }

  void close() {
    if (reader != null) {
      reader.close();
    }
  }
}
