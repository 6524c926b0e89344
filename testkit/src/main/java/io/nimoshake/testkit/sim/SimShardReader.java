package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.SplitReader;

/** Reads one shard: pages of any size, empty ones among them, the last with or without records. */
final class SimShardReader implements SplitReader {
  private static final int MOST_RECORDS = 10;

  private final Split.StreamShard split;
  private final SimShard shard;
  private final SimLoop loop;
  private final SimFaults faults;
  private final SimScenario scenario;
  private final Runnable onClose;
  private Position position;
  private int next;

  SimShardReader(
      Split.StreamShard split,
      Position from,
      SimTable table,
      SimLoop loop,
      SimFaults faults,
      SimScenario scenario,
      Runnable onClose) {
    this.split = split;
    this.shard = table.stream.orElseThrow().shard(split.shardId());
    this.loop = loop;
    this.faults = faults;
    this.scenario = scenario;
    this.onClose = onClose;
    this.position = from;
    if (from instanceof Position.After after) {
      next = shard.indexAfter(Long.parseLong(after.token()));
    } else if (from instanceof Position.End) {
      throw new SimFailure(split.id() + " is read again after its end");
    }
  }

  @Override
  public ChangeBatch read() throws Fault {
    faults.before("getRecords " + split.id());
    ChangeBatch.Builder batch = ChangeBatch.builder(split);
    int limit =
        faults.chance(scenario.emptyPageRate()) ? 0 : loop.random().between(1, MOST_RECORDS);
    int to = Math.min(shard.records.size(), next + limit);
    int found = to - next;
    for (SimShard.Rec rec : shard.records.subList(next, to)) {
      Change change =
          rec.delete()
              ? SimTable.delete(rec.key(), rec.version())
              : SimTable.upsert(rec.key(), rec.version());
      batch.add(change, rec.time());
      position = Position.after(Long.toString(rec.sequence()));
    }
    next = to;
    boolean exhausted = shard.closed && next == shard.records.size();
    boolean end = exhausted && (limit > 0 && found == 0 || loop.random().chance(0.5));
    ChangeBatch page = batch.build(end ? Position.END : position);
    if (found > 0 || end) {
      loop.trace("getRecords " + split.id() + ": " + found + " to " + page.position());
    }
    return page;
  }

  @Override
  public void close() {
    onClose.run();
  }
}
