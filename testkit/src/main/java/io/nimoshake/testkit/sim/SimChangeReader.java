package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.SplitReader;
import java.util.List;

/** Reads a file of an incremental export. Its position is the number of changes that were read. */
final class SimChangeReader implements SplitReader {
  private static final int MOST_CHANGES = 6;

  private final Split.ChangeFile split;
  private final List<SimShard.Rec> changes;
  private final SimLoop loop;
  private final SimFaults faults;
  private final Runnable onClose;
  private int next;

  SimChangeReader(
      Split.ChangeFile split,
      Position from,
      List<SimShard.Rec> changes,
      SimLoop loop,
      SimFaults faults,
      Runnable onClose) {
    this.split = split;
    this.changes = changes;
    this.loop = loop;
    this.faults = faults;
    this.onClose = onClose;
    this.next = from instanceof Position.After after ? Integer.parseInt(after.token()) : 0;
  }

  @Override
  public ChangeBatch read() throws Fault {
    faults.before("read " + split.id());
    ChangeBatch.Builder batch = ChangeBatch.builder(split);
    int to = Math.min(changes.size(), next + loop.random().between(1, MOST_CHANGES));
    for (SimShard.Rec change : changes.subList(next, to)) {
      batch.add(
          change.delete()
              ? SimTable.delete(change.key(), change.version())
              : SimTable.upsert(change.key(), change.version()));
    }
    boolean end = to == changes.size() && (next == to || loop.random().chance(0.5));
    next = to;
    return batch.build(end ? Position.END : Position.after(String.valueOf(next)));
  }

  @Override
  public void close() {
    onClose.run();
  }
}
