package io.nimoshake.flink.metrics;

import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.flow.Outages;
import io.nimoshake.core.flow.TableStats;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** Shows the counters of tables in Flink's metric groups, with the names of the program. */
public final class StatsMetrics {
  private final MetricGroup group;

  public StatsMetrics(MetricGroup operator) {
    this.group = operator.addGroup("nimoshake");
  }

  public void gauge(String name, LongSupplier value) {
    group.gauge(name, (Gauge<Long>) value::getAsLong);
  }

  /** Shows how many servers cannot be reached now. */
  public void outages(Outages outages) {
    outages(group, outages);
  }

  static void outages(MetricGroup group, Outages outages) {
    group.gauge("outages", (Gauge<Long>) () -> (long) outages.current().size());
  }

  /**
   * Shows failed attempts of calls by kind. There is no group for each operation: a group must
   * exist before the first failure, and the operations are not known by then.
   *
   * @param server the role of the server: source, target or checkpoint
   */
  public void failedCalls(String server, FailedCalls failed) {
    failedCalls(group, server, failed);
  }

  static void failedCalls(MetricGroup group, String server, FailedCalls failed) {
    for (FailedCalls.Kind kind : FailedCalls.Kind.values()) {
      group
          .addGroup("server", server)
          .addGroup("kind", kind.name().toLowerCase(Locale.ROOT))
          .gauge("failed_calls", (Gauge<Long>) () -> failed.count(kind));
    }
  }

  /**
   * Shows what a reader counts for a table.
   *
   * @param lag how far the shards that it reads are behind
   */
  public void read(String table, TableStats stats, Supplier<Duration> lag) {
    MetricGroup of = group.addGroup("table", table);
    of.gauge("stream_lag_seconds", (Gauge<Double>) () -> lag.get().toMillis() / 1e3);
    retries(of.addGroup("activity", "read"), stats.reading);
    read(of.addGroup("phase", "copy"), stats.copy);
    read(of.addGroup("phase", "stream"), stats.stream);
  }

  private static void read(MetricGroup of, TableStats.Kind kind) {
    counter(of, "items_read", kind.read);
    counter(of, "items_coalesced", kind.coalesced);
    counter(of, "items_skipped", kind.skipped);
    counter(of, "items_rejected", kind.rejected);
    counter(of, "read_bytes", kind.readBytes);
    scaled(of, "capacity_units", kind.capacityMilliUnits, 1e3);
  }

  /** Shows what a sink counts for a table. */
  public void written(String table, TableStats stats) {
    MetricGroup of = group.addGroup("table", table);
    retries(of.addGroup("activity", "write"), stats.writing);
    written(of.addGroup("phase", "copy"), stats.copy);
    written(of.addGroup("phase", "stream"), stats.stream);
  }

  private static void written(MetricGroup of, TableStats.Kind kind) {
    counter(of, "items_written", kind.written);
    counter(of, "items_rejected", kind.rejected);
    counter(of, "written_bytes", kind.writtenBytes);
    counter(of, "batches", kind.batches);
    of.gauge("write_duration_seconds", (Gauge<Double>) () -> kind.writeLatency.totalNanos() / 1e9);
  }

  private static void retries(MetricGroup of, TableStats.Retries retries) {
    counter(of.addGroup("kind", "throttled"), "retries", retries.throttled);
    counter(of.addGroup("kind", "transient"), "retries", retries.failed);
  }

  private static void counter(MetricGroup of, String name, LongAdder value) {
    of.gauge(name, (Gauge<Long>) value::sum);
  }

  private static void scaled(MetricGroup of, String name, LongAdder value, double by) {
    of.gauge(name, (Gauge<Double>) () -> value.sum() / by);
  }
}
