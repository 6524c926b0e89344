package io.nimoshake.core.flow;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counters of one table in this run; they only grow. Written by pipelines, read by anyone at any
 * time. All are counts unless the name has a unit.
 */
public final class TableStats {
  /** Of one kind of split. */
  public static final class Kind {
    public final LongAdder read = new LongAdder();

    /** What was looked at to read that: more, where a filter leaves some out. */
    public final LongAdder scanned = new LongAdder();

    public final LongAdder readBytes = new LongAdder();
    public final LongAdder written = new LongAdder();
    public final LongAdder writtenBytes = new LongAdder();
    public final LongAdder coalesced = new LongAdder();
    public final LongAdder skipped = new LongAdder();
    public final LongAdder batches = new LongAdder();
    public final LongAdder writeNanos = new LongAdder();

    /** Thousandths of a capacity unit, as the service counts halves and tenths. */
    public final LongAdder capacityMilliUnits = new LongAdder();
  }

  /** The copy. */
  public final Kind copy = new Kind();

  /** The stream. */
  public final Kind stream = new Kind();

  public final LongAdder throttles = new LongAdder();
  public final LongAdder retries = new LongAdder();
  public final LongAdder rejected = new LongAdder();

  public Kind of(io.nimoshake.core.model.Split split) {
    return split instanceof io.nimoshake.core.model.Split.ScanSegment ? copy : stream;
  }
}
