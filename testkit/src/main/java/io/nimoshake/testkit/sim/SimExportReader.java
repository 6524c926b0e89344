package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.SplitReader;
import java.util.List;

/** Reads a file of a full export. Its position is the number of items that were read. */
final class SimExportReader implements SplitReader {
  private static final int MOST_ITEMS = 6;

  private final Split.ExportFile split;
  private final SimTable table;
  private final List<SimCopies.Item> items;
  private final SimLoop loop;
  private final SimFaults faults;
  private final Runnable onClose;
  private int next;

  SimExportReader(
      Split.ExportFile split,
      Position from,
      SimTable table,
      List<SimCopies.Item> items,
      SimLoop loop,
      SimFaults faults,
      Runnable onClose) {
    this.split = split;
    this.table = table;
    this.items = items;
    this.loop = loop;
    this.faults = faults;
    this.onClose = onClose;
    this.next = from instanceof Position.After after ? Integer.parseInt(after.token()) : 0;
  }

  @Override
  public ChangeBatch read() throws Fault {
    faults.before("read " + split.id());
    ChangeBatch.Builder batch = ChangeBatch.builder(split);
    int to = Math.min(items.size(), next + loop.random().between(1, MOST_ITEMS));
    for (SimCopies.Item item : items.subList(next, to)) {
      batch.add(SimTable.upsert(item.key(), item.version()));
      table.noteScanned(item.key());
    }
    boolean end = to == items.size() && (next == to || loop.random().chance(0.5));
    next = to;
    return batch.build(end ? Position.END : Position.after(String.valueOf(next)));
  }

  @Override
  public void close() {
    onClose.run();
  }
}
