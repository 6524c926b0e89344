package io.nimoshake.flink.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.flow.TableStats;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

/** What a reporter would be given. */
class StatsMetricsTest {
  private final Map<String, Gauge<?>> reported = new TreeMap<>();

  /** A group that remembers what is registered, by its whole name. */
  private final class Group extends UnregisteredMetricsGroup {
    private final String name;

    Group(String name) {
      this.name = name;
    }

    @Override
    public MetricGroup addGroup(String part) {
      return new Group(name + part + ".");
    }

    @Override
    public MetricGroup addGroup(String key, String value) {
      return new Group(name + key + "=" + value + ".");
    }

    @Override
    public <T, G extends Gauge<T>> G gauge(String metric, G gauge) {
      reported.put(name + metric, gauge);
      return gauge;
    }
  }

  private Object value(String name) {
    return reported.get("nimoshake." + name).getValue();
  }

  @Test
  void countersOfATableMove() {
    TableStats stats = new TableStats();
    StatsMetrics metrics = new StatsMetrics(new Group(""));
    metrics.read("orders", stats, () -> Duration.ofMillis(1_500));
    metrics.written("orders", stats);
    stats.copy.read.add(3);
    stats.stream.written.add(4);
    stats.copy.capacityMilliUnits.add(500);
    stats.writing.throttled.add(5);
    assertEquals(1.5, value("table=orders.stream_lag_seconds"));
    assertEquals(3L, value("table=orders.phase=copy.items_read"));
    assertEquals(0L, value("table=orders.phase=stream.items_read"));
    assertEquals(4L, value("table=orders.phase=stream.items_written"));
    assertEquals(0.5, value("table=orders.phase=copy.capacity_units"));
    assertEquals(5L, value("table=orders.activity=write.kind=throttled.retries"));
  }

  @Test
  void failedCallsAreSummedByHowTheyFailed() {
    FailedCalls failed = new FailedCalls();
    new StatsMetrics(new Group("")).failedCalls("source", failed);
    failed.count("Scan", FailedCalls.Kind.THROTTLED);
    failed.count("GetRecords", FailedCalls.Kind.THROTTLED);
    failed.count("Scan", FailedCalls.Kind.CONNECTION);
    assertEquals(2L, value("server=source.kind=throttled.failed_calls"));
    assertEquals(1L, value("server=source.kind=connection.failed_calls"));
    assertEquals(0L, value("server=source.kind=server_error.failed_calls"));
  }
}
