package io.nimoshake.core.flow;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Split;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counters of one table in this run. They only grow, except where they say otherwise. Written by
 * pipelines, read by anyone at any time. All are counts unless the name has a unit.
 */
public final class TableStats {
  /** Counters of one kind of split. */
  public static final class Kind {
    public final LongAdder read = new LongAdder();

    /** Items the service looked at to read these: more than were read if a filter is set. */
    public final LongAdder scanned = new LongAdder();

    public final LongAdder readBytes = new LongAdder();
    public final LongAdder written = new LongAdder();
    public final LongAdder writtenBytes = new LongAdder();
    public final LongAdder coalesced = new LongAdder();
    public final LongAdder skipped = new LongAdder();
    public final LongAdder batches = new LongAdder();

    /** Rejected items: they cannot be converted, or the target refuses them. */
    public final LongAdder rejected = new LongAdder();

    /** Changes that were read and are neither durable nor given up. Goes up and down. */
    public final LongAdder inFlight = new LongAdder();

    /** Bytes of memory of the pages in flight: this one goes down again, too. */
    public final LongAdder heldBytes = new LongAdder();

    /** Of successful writes, from the call to the target's acknowledgement. */
    public final LatencyHistogram writeLatency = new LatencyHistogram();

    /** In thousandths of a capacity unit: the service charges fractions. */
    public final LongAdder capacityMilliUnits = new LongAdder();
  }

  /** Failed calls that are tried again, of one kind of activity. */
  public static final class Retries {
    /** The other side asked for fewer calls. */
    public final LongAdder throttled = new LongAdder();

    /** Every other failure that may pass. */
    public final LongAdder failed = new LongAdder();

    public void count(Fault fault) {
      (fault instanceof Fault.Throttled ? throttled : failed).increment();
    }
  }

  /** The copy. */
  public final Kind copy = new Kind();

  /** The stream. */
  public final Kind stream = new Kind();

  public final Retries reading = new Retries();
  public final Retries writing = new Retries();

  /** Listing, describing, preparing, finishing. */
  public final Retries managing = new Retries();

  public final RecentFailures failures;

  /** Of a table whose outages are not told. */
  public TableStats() {
    failures = new RecentFailures();
  }

  /**
   * @param outages hears of servers that cannot be reached
   */
  public TableStats(String table, Optional<Outages> outages) {
    failures = new RecentFailures(Optional.of(table), outages);
  }

  private final Map<String, ShardProgress> shards = new ConcurrentHashMap<>();

  /** A new progress of a split, which takes the place of the one it had. */
  ShardProgress progress(Split split) {
    ShardProgress progress = new ShardProgress();
    if (split instanceof Split.OfStream) {
      shards.put(split.id(), progress);
    }
    return progress;
  }

  /** Nothing more is read of a split. */
  void over(Split split, ShardProgress progress) {
    shards.remove(split.id(), progress);
  }

  /** How far a shard is read; empty while it is not read. */
  public Optional<ShardProgress.Now> shard(String id) {
    return Optional.ofNullable(shards.get(id)).map(ShardProgress::now);
  }

  public Kind of(Split split) {
    return split instanceof Split.OfCopy ? copy : stream;
  }

  /** Calls after which the other side asked for fewer. */
  public long throttles() {
    return reading.throttled.sum() + writing.throttled.sum() + managing.throttled.sum();
  }

  /** Calls that failed in any other way that may pass. */
  public long retries() {
    return reading.failed.sum() + writing.failed.sum() + managing.failed.sum();
  }

  /** Bytes of memory of the pages that were read and are not durable yet. */
  public long heldBytes() {
    return copy.heldBytes.sum() + stream.heldBytes.sum();
  }

  /** Rejected items, of either kind. */
  public long rejected() {
    return copy.rejected.sum() + stream.rejected.sum();
  }

  /** Counts rejected items. */
  void countRejected(Split split, List<Rejected> items, Instant now) {
    countRejected(of(split), items, now);
  }

  void countRejected(Kind kind, List<Rejected> items, Instant now) {
    kind.rejected.add(items.size());
    // Without the key of the item, which belongs into the dead letter file only.
    items.forEach(item -> failures.rejected(item.reason(), now));
  }
}
