package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.Fault.SplitGone.Answer;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.SplitReader;
import java.time.Duration;
import java.time.Instant;

/** Reads one shard: pages of any size, empty ones among them, the last with or without records. */
final class SimShardReader implements SplitReader {
  private static final int MOST_RECORDS = 10;

  /** How long an iterator can be used. */
  private static final long ITERATOR_NANOS = Duration.ofMinutes(15).toNanos();

  private final Split.StreamShard split;
  private final SimTable table;
  private final SimStream stream;
  private final SimShard shard;
  private final SimSource source;
  private final SimLoop loop;
  private final SimFaults faults;
  private final Runnable onClose;
  private boolean ended;

  /** The service's clock when it answered last. */
  private Instant answered;

  private Position position;

  /** What its iterator points to; negative while it has none. */
  private int next = -1;

  /** When it got its iterator. */
  private long iteratorNanos;

  SimShardReader(
      Split.StreamShard split, Position from, SimTable table, SimSource source, Runnable onClose) {
    this.split = split;
    this.table = table;
    this.stream = table.stream(split.streamArn());
    this.shard = stream.shard(split.shardId());
    this.source = source;
    this.loop = source.loop();
    this.faults = source.faults();
    this.onClose = onClose;
    this.position = from;
    if (from instanceof Position.End) {
      throw new SimFailure(split.id() + " is read again after its end");
    }
  }

  /** Finds the first record to read; what is trimmed is gone silently at TRIM_HORIZON only. */
  private void seek() throws Fault {
    stream.trim(table.serviceTime());
    if (next < 0 || loop.nanoTime() - iteratorNanos > ITERATOR_NANOS) {
      answered = table.shownTime();
      next =
          position instanceof Position.After after
              ? shard.indexAfter(Long.parseLong(after.token()))
              : shard.trimmed;
    }
    iteratorNanos = loop.nanoTime();
    if (stream.hasVanished(shard.id)) {
      throw source.gone(table, split.id(), Answer.NOT_FOUND);
    } else if (next < shard.trimmed) {
      throw source.gone(table, split.id(), Answer.TRIMMED);
    }
  }

  /** How many of its records can be read: one that was just made may show later. */
  private int visible() {
    int visible = shard.records.size();
    while (visible > next && !table.isShown(shard.records.get(visible - 1))) {
      visible--;
    }
    return visible;
  }

  @Override
  public ChangeBatch read() throws Fault {
    if (ended) {
      throw new SimFailure(split.id() + " is read beyond its end");
    }
    faults.before("getRecords " + split.id());
    source.maybeLose(split);
    source.maybeWrong(table, split.id());
    seek();
    ChangeBatch.Builder batch = ChangeBatch.builder(split).begun(answered);
    answered = table.shownTime();
    int limit =
        faults.chance(source.scenario().services().emptyPageRate())
            ? 0
            : loop.random().between(1, MOST_RECORDS);
    int to = Math.min(visible(), next + limit);
    int found = to - next;
    for (SimShard.Rec rec : shard.records.subList(next, to)) {
      batch.add(rec.change(), rec.time());
      position = Position.after(Long.toString(rec.sequence()));
    }
    next = to;
    boolean exhausted = shard.closed && next == shard.records.size();
    boolean end = exhausted && (limit > 0 && found == 0 || loop.random().chance(0.5));
    ended = end;
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
