package io.nimoshake.app.http;

import io.nimoshake.app.progress.Lag;
import io.nimoshake.app.progress.Observer;
import io.nimoshake.app.progress.ShownState;
import io.nimoshake.app.progress.SyncMonitor;
import io.nimoshake.app.progress.SyncNumbers;
import io.nimoshake.app.progress.TableNumbers;
import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.flow.LatencyHistogram;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.flow.TableStats.Kind;
import io.nimoshake.core.flow.TableStats.Retries;
import io.nimoshake.core.plan.PlanView.Progress;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The metrics of a sync. All values of one scrape belong to one moment. */
final class SyncMetrics implements MultiCollector {
  private static final double NANOS = 1e9;

  private final Observer observer;
  private final Status status;

  SyncMetrics(Observer observer, Status status) {
    this.observer = observer;
    this.status = status;
  }

  @Override
  public MetricSnapshots collect() {
    return new Scrape(observer.numbers()).all();
  }

  /** Collects the metrics of one moment. */
  private final class Scrape {
    private final SyncNumbers numbers;
    private final MetricSnapshots.Builder all = MetricSnapshots.builder();

    Scrape(SyncNumbers numbers) {
      this.numbers = numbers;
    }

    MetricSnapshots all() {
      counters();
      all.metricSnapshot(writeDurations());
      all.metricSnapshot(retries());
      all.metricSnapshot(failedCalls());
      gaugesOfTables();
      all.metricSnapshot(splits());
      all.metricSnapshot(tables());
      ofTheSync();
      return all.build();
    }

    private void counters() {
      counter(
          "items_read",
          "Items read by the copy, records read from the stream",
          kind -> kind.read.sum());
      counter(
          "items_written",
          "Items and changes that the target has acknowledged as durable",
          kind -> kind.written.sum());
      counter(
          "items_coalesced",
          "Records not written because a later record of the same page has the same key",
          kind -> kind.coalesced.sum());
      counter(
          "items_skipped",
          "Records not written because they are older than the copy",
          kind -> kind.skipped.sum());
      counter(
          "items_rejected",
          "Rejected items: they cannot be converted, or the target refuses them",
          kind -> kind.rejected.sum());
      counter("read_bytes", "Bytes of items and records read", kind -> kind.readBytes.sum());
      counter(
          "written_bytes", "Bytes of items and changes written", kind -> kind.writtenBytes.sum());
      counter("batches", "Write calls that succeeded", kind -> kind.batches.sum());
      counter(
          "capacity_units",
          "Read capacity units consumed",
          kind -> kind.capacityMilliUnits.sum() / 1000.0);
    }

    private void gaugesOfTables() {
      gauge(
          "stream_lag_seconds",
          "How far the table is behind its stream",
          table -> table.lag().map(SyncMetrics::seconds));
      gauge(
          "stream_last_record_age_seconds",
          "Age of the newest durable record; it grows while the table does not change",
          table ->
              Lag.lastRecordAge(table.table(), numbers.sourceTime()).map(SyncMetrics::seconds));
      gauge(
          "stream_oldest_unread_age_seconds",
          "Age of the oldest change that may be unread; up to some minutes too high while the table"
              + " does not change",
          table ->
              table
                  .table()
                  .plan()
                  .unreadSince()
                  .map(since -> seconds(Duration.between(since, numbers.sourceTime()))));
      gauge(
          "stream_headroom_seconds",
          "Time until unread changes may expire",
          table -> table.headroom().map(SyncMetrics::seconds));
      gauge(
          "copy_progress_ratio",
          "How much of the copy is done, from 0 to 1",
          table -> Optional.of(table.progress()));
      gauge(
          "copy_items",
          "Items to copy: DynamoDB's estimate, or the number of items copied if that is larger",
          table -> Optional.of((double) table.items()));
      gauge(
          "table_paused",
          "1 while the table is paused",
          table -> Optional.of(table.table().limits().gate().isOpen() ? 0.0 : 1.0));
      gauge(
          "changes_in_flight",
          "Items and changes that were read and are not durable yet",
          table -> {
            TableStats stats = table.table().stats();
            return Optional.of((double) stats.copy.inFlight.sum() + stats.stream.inFlight.sum());
          });
    }

    private void ofTheSync() {
      SyncMonitor monitor = observer.monitor();
      all.metricSnapshot(
          one(
              "memory_held_bytes",
              "Bytes of pages that were read and are not durable yet",
              numbers.view().memoryHeldBytes()));
      all.metricSnapshot(
          CounterSnapshot.builder()
              .name("nimoshake_checkpoint_saves")
              .help("Checkpoints saved")
              .dataPoint(count(Labels.EMPTY, monitor.checkpointSaves()))
              .build());
      numbers
          .view()
          .leaseExpires()
          .ifPresent(
              expires ->
                  all.metricSnapshot(
                      one(
                          "lease_remaining_seconds",
                          "Time until the lease ends unless it is renewed",
                          seconds(Duration.between(numbers.at(), expires)))));
      Health health = status.health(numbers);
      all.metricSnapshot(
          one(
              "healthy",
              "1 while the sync is healthy or retrying, 0 while it is unhealthy",
              health.isHealthy() ? 1 : 0));
      all.metricSnapshot(
          one(
              "retrying",
              "1 while calls fail that may pass, as when a server cannot be reached",
              health.retrying().isEmpty() ? 0 : 1));
      all.metricSnapshot(
          one("outages", "Servers that cannot be reached now", numbers.view().outages().size()));
      all.metricSnapshot(
          one(
              "follows_streams",
              "1 if the sync follows streams until it is stopped, 0 if it ends after the copy",
              status.about().followsStreams() ? 1 : 0));
      all.metricSnapshot(
          InfoSnapshot.builder()
              .name("nimoshake_build")
              .help("Version of the program and id of the sync")
              .dataPoint(
                  InfoSnapshot.InfoDataPointSnapshot.builder()
                      .labels(
                          Labels.of("version", status.about().version(), "id", status.about().id()))
                      .build())
              .build());
    }

    private void counter(String name, String help, ToDoubleFunction<Kind> value) {
      CounterSnapshot.Builder counter =
          CounterSnapshot.builder().name("nimoshake_" + name).help(help);
      for (TableNumbers table : numbers.tables()) {
        TableStats stats = table.table().stats();
        counter.dataPoint(count(phase(table, "copy"), value.applyAsDouble(stats.copy)));
        counter.dataPoint(count(phase(table, "stream"), value.applyAsDouble(stats.stream)));
      }
      all.metricSnapshot(counter.build());
    }

    private void gauge(String name, String help, Function<TableNumbers, Optional<Double>> value) {
      GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name("nimoshake_" + name).help(help);
      for (TableNumbers table : numbers.tables()) {
        value
            .apply(table)
            .ifPresent(v -> gauge.dataPoint(value(Labels.of("table", table.name()), v)));
      }
      all.metricSnapshot(gauge.build());
    }

    private HistogramSnapshot writeDurations() {
      HistogramSnapshot.Builder histogram =
          HistogramSnapshot.builder()
              .name("nimoshake_write_duration_seconds")
              .help("Time from a write call to the acknowledgement of the target");
      for (TableNumbers table : numbers.tables()) {
        TableStats stats = table.table().stats();
        histogram.dataPoint(durations(phase(table, "copy"), stats.copy.writeLatency));
        histogram.dataPoint(durations(phase(table, "stream"), stats.stream.writeLatency));
      }
      return histogram.build();
    }

    private CounterSnapshot retries() {
      CounterSnapshot.Builder counter =
          CounterSnapshot.builder()
              .name("nimoshake_retries")
              .help("Failed calls that are tried again, by activity and by kind of failure");
      for (TableNumbers table : numbers.tables()) {
        TableStats stats = table.table().stats();
        addRetries(counter, table, "read", stats.reading);
        addRetries(counter, table, "write", stats.writing);
        addRetries(counter, table, "manage", stats.managing);
      }
      return counter.build();
    }

    private CounterSnapshot failedCalls() {
      CounterSnapshot.Builder counter =
          CounterSnapshot.builder()
              .name("nimoshake_failed_calls")
              .help("Failed attempts of calls, including those that a driver has repeated at once");
      for (Map.Entry<String, FailedCalls> server : observer.monitor().failedCalls().entrySet()) {
        server
            .getValue()
            .counts()
            .forEach(
                (call, count) ->
                    counter.dataPoint(
                        count(
                            Labels.of(
                                "server",
                                server.getKey(),
                                "operation",
                                call.operation(),
                                "kind",
                                lower(call.kind())),
                            count)));
      }
      return counter.build();
    }

    private GaugeSnapshot splits() {
      GaugeSnapshot.Builder gauge =
          GaugeSnapshot.builder().name("nimoshake_splits").help("Segments and shards by state");
      for (TableNumbers table : numbers.tables()) {
        addSplits(gauge, table, "segment", table.segments());
        addSplits(gauge, table, "shard", table.shards());
      }
      return gauge.build();
    }

    private GaugeSnapshot tables() {
      GaugeSnapshot.Builder gauge =
          GaugeSnapshot.builder().name("nimoshake_tables").help("Tables by state");
      for (ShownState state : ShownState.values()) {
        gauge.dataPoint(
            value(
                Labels.of("state", state.key()),
                numbers.totals().states().getOrDefault(state, 0L)));
      }
      return gauge.build();
    }
  }

  private static void addSplits(
      GaugeSnapshot.Builder gauge, TableNumbers table, String kind, TableNumbers.PartCounts parts) {
    for (Progress progress : Progress.values()) {
      gauge.dataPoint(
          value(
              Labels.of("table", table.name(), "kind", kind, "state", lower(progress)),
              parts.of(progress)));
    }
  }

  private static void addRetries(
      CounterSnapshot.Builder counter, TableNumbers table, String activity, Retries retries) {
    counter.dataPoint(
        count(
            Labels.of("table", table.name(), "activity", activity, "kind", "throttled"),
            retries.throttled.sum()));
    counter.dataPoint(
        count(
            Labels.of("table", table.name(), "activity", activity, "kind", "transient"),
            retries.failed.sum()));
  }

  private static HistogramSnapshot.HistogramDataPointSnapshot durations(
      Labels labels, LatencyHistogram latency) {
    long[] bounds = LatencyHistogram.boundsNanos();
    double[] seconds =
        Arrays.copyOf(
            Arrays.stream(bounds).mapToDouble(n -> n / NANOS).toArray(), bounds.length + 1);
    seconds[bounds.length] = Double.POSITIVE_INFINITY;
    return HistogramSnapshot.HistogramDataPointSnapshot.builder()
        .labels(labels)
        .classicHistogramBuckets(ClassicHistogramBuckets.of(seconds, latency.counts()))
        .sum(latency.totalNanos() / NANOS)
        .build();
  }

  private static GaugeSnapshot one(String name, String help, double value) {
    return GaugeSnapshot.builder()
        .name("nimoshake_" + name)
        .help(help)
        .dataPoint(value(Labels.EMPTY, value))
        .build();
  }

  private static Labels phase(TableNumbers table, String phase) {
    return Labels.of("table", table.name(), "phase", phase);
  }

  private static CounterSnapshot.CounterDataPointSnapshot count(Labels labels, double value) {
    return CounterSnapshot.CounterDataPointSnapshot.builder().labels(labels).value(value).build();
  }

  private static GaugeSnapshot.GaugeDataPointSnapshot value(Labels labels, double value) {
    return GaugeSnapshot.GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
