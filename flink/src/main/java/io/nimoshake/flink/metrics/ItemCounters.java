package io.nimoshake.flink.metrics;

import io.nimoshake.core.model.Change;
import io.nimoshake.flink.wire.WriteRequest;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.groups.OperatorIOMetricGroup;

/**
 * Makes Flink's standard counters count items and bytes. To Flink a whole page is one record, and
 * it counts what passes between tasks and operators by itself; this adds the difference. Used on
 * the task's thread.
 */
public final class ItemCounters {
  private final Counter recordsIn;
  private final Counter bytesIn;
  private final Counter recordsOut;

  public ItemCounters(OperatorIOMetricGroup io) {
    this.recordsIn = io.getNumRecordsInCounter();
    this.bytesIn = io.getNumBytesInCounter();
    this.recordsOut = io.getNumRecordsOutCounter();
  }

  /** A source emits a page. Flink counts it as one record out, and leaves the input to sources. */
  public void emits(WriteRequest page) {
    recordsIn.inc(page.changes().size());
    bytesIn.inc(bytes(page));
    recordsOut.inc(page.changes().size() - 1);
  }

  /** A sink receives a page. Flink has counted it as one record in. */
  public void receives(WriteRequest page) {
    recordsIn.inc(page.changes().size() - 1);
    bytesIn.inc(bytes(page));
  }

  /** Bytes of the keys and documents of a page. */
  public static long bytes(WriteRequest page) {
    return page.changes().stream().mapToLong(Change::sizeBytes).sum();
  }
}
