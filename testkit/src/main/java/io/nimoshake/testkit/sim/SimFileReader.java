package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.SplitReader;
import java.util.List;
import java.util.function.Function;

/**
 * Reads a file of an export, a full or an incremental one. Its position is the number of entries
 * that were read.
 */
final class SimFileReader<E> implements SplitReader {
  private static final int MOST_ENTRIES = 6;

  private final Split split;
  private final List<E> entries;
  private final Function<E, Change> change;
  private final SimLoop loop;
  private final SimFaults faults;
  private final Runnable onClose;
  private int next;

  /**
   * @param change what is read of an entry
   */
  SimFileReader(
      Split split,
      Position from,
      List<E> entries,
      Function<E, Change> change,
      SimLoop loop,
      SimFaults faults,
      Runnable onClose) {
    this.split = split;
    this.entries = entries;
    this.change = change;
    this.loop = loop;
    this.faults = faults;
    this.onClose = onClose;
    this.next = from instanceof Position.After after ? Integer.parseInt(after.token()) : 0;
  }

  @Override
  public ChangeBatch read() throws Fault {
    faults.before("read " + split.id());
    ChangeBatch.Builder batch = ChangeBatch.builder(split);
    int to = Math.min(entries.size(), next + loop.random().between(1, MOST_ENTRIES));
    for (E entry : entries.subList(next, to)) {
      batch.add(change.apply(entry));
    }
    boolean end = to == entries.size() && (next == to || loop.random().chance(0.5));
    next = to;
    return batch.build(end ? Position.END : Position.after(String.valueOf(next)));
  }

  @Override
  public void close() {
    onClose.run();
  }
}
