package io.nimoshake.app.http;

import io.nimoshake.app.progress.Fraction;
import io.nimoshake.app.progress.Lag;
import io.nimoshake.app.progress.ShownState;
import io.nimoshake.app.progress.SyncMonitor;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.flow.LatencyHistogram;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.flow.TableStats.Kind;
import io.nimoshake.core.flow.TableStats.Retries;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.plan.PlanView;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The metrics of a sync. All values of one scrape belong to one moment. */
final class SyncMetrics implements MultiCollector {
  private static final double NANOS = 1e9;

  private final SyncMonitor monitor;
  private final Status status;

  SyncMetrics(SyncMonitor monitor, Status status) {
    this.monitor = monitor;
    this.status = status;
  }

  @Override
  public MetricSnapshots collect() {
    SyncView view = monitor.view();
    Instant now = Instant.now();
    MetricSnapshots.Builder all = MetricSnapshots.builder();

    phases(
        all,
        view,
        "items_read",
        "Items read by the copy, records read from the stream",
        kind -> kind.read.sum());
    phases(
        all,
        view,
        "items_written",
        "Items and changes that the target has acknowledged as durable",
        kind -> kind.written.sum());
    phases(
        all,
        view,
        "items_coalesced",
        "Records not written because a later record of the same page has the same key",
        kind -> kind.coalesced.sum());
    phases(
        all,
        view,
        "items_skipped",
        "Records not written because they are older than the copy",
        kind -> kind.skipped.sum());
    phases(
        all,
        view,
        "items_rejected",
        "Rejected items: they cannot be converted, or the target refuses them",
        kind -> kind.rejected.sum());
    phases(
        all, view, "read_bytes", "Bytes of items and records read", kind -> kind.readBytes.sum());
    phases(
        all,
        view,
        "written_bytes",
        "Bytes of items and changes written",
        kind -> kind.writtenBytes.sum());
    phases(all, view, "batches", "Write calls that succeeded", kind -> kind.batches.sum());
    phases(
        all,
        view,
        "capacity_units",
        "Read capacity units consumed",
        kind -> kind.capacityMilliUnits.sum() / 1000.0);
    all.metricSnapshot(writeDurations(view));
    all.metricSnapshot(retries(view));
    all.metricSnapshot(failedCalls(monitor.failedCalls()));

    gauge(
        all,
        view,
        "stream_lag_seconds",
        "How far the table is behind its stream",
        t -> lag(t, now));
    gauge(
        all,
        view,
        "stream_last_record_age_seconds",
        "Age of the newest durable record; it grows while the table does not change",
        t -> Lag.lastRecordAge(t, now).map(SyncMetrics::seconds));
    gauge(
        all,
        view,
        "stream_oldest_unread_age_seconds",
        "Age of the oldest change that may be unread; up to some minutes too high while the table does"
            + " not change",
        t -> t.plan().unreadSince().map(since -> seconds(Duration.between(since, now))));
    gauge(
        all,
        view,
        "stream_headroom_seconds",
        "Time until unread changes may expire",
        t -> t.plan().headroom(now).map(SyncMetrics::seconds));
    gauge(
        all,
        view,
        "copy_progress_ratio",
        "How much of the copy is done, from 0 to 1",
        t -> Optional.of(Fraction.of(t)));
    gauge(
        all,
        view,
        "copy_items",
        "Items to copy: DynamoDB's estimate, or the number of items copied if that is larger",
        t -> Optional.of((double) Math.max(t.approximateItems().orElse(0L), copied(t))));
    gauge(
        all,
        view,
        "table_paused",
        "1 while the table is paused",
        t -> Optional.of(t.limits().gate().isOpen() ? 0.0 : 1.0));
    gauge(
        all,
        view,
        "changes_in_flight",
        "Items and changes that were read and are not durable yet",
        t -> Optional.of((double) t.stats().copy.inFlight.sum() + t.stats().stream.inFlight.sum()));
    all.metricSnapshot(splits(view));
    all.metricSnapshot(tables(view));

    all.metricSnapshot(
        one(
            "memory_held_bytes",
            "Bytes of pages that were read and are not durable yet",
            view.memoryHeldBytes()));
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name("nimoshake_checkpoint_saves")
            .help("Checkpoints saved")
            .dataPoint(count(Labels.EMPTY, monitor.checkpointSaves()))
            .build());
    view.leaseExpires()
        .ifPresent(
            expires ->
                all.metricSnapshot(
                    one(
                        "lease_remaining_seconds",
                        "Time until the lease ends unless it is renewed",
                        seconds(Duration.between(now, expires)))));
    all.metricSnapshot(
        one(
            "healthy",
            "1 while the sync is healthy, 0 while /healthz names a problem",
            status.health(view).isHealthy() ? 1 : 0));
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
    return all.build();
  }

  private static long copied(TableView table) {
    return table.stats().copy.written.sum();
  }

  private static Optional<Double> lag(TableView table, Instant now) {
    return Lag.of(table, now).map(SyncMetrics::seconds);
  }

  private static void phases(
      MetricSnapshots.Builder all,
      SyncView view,
      String name,
      String help,
      ToDoubleFunction<Kind> value) {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder().name("nimoshake_" + name).help(help);
    for (TableView table : view.tables()) {
      TableStats stats = table.stats();
      counter.dataPoint(count(phase(table, "copy"), value.applyAsDouble(stats.copy)));
      counter.dataPoint(count(phase(table, "stream"), value.applyAsDouble(stats.stream)));
    }
    all.metricSnapshot(counter.build());
  }

  private static void gauge(
      MetricSnapshots.Builder all,
      SyncView view,
      String name,
      String help,
      Function<TableView, Optional<Double>> value) {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name("nimoshake_" + name).help(help);
    for (TableView table : view.tables()) {
      value
          .apply(table)
          .ifPresent(v -> gauge.dataPoint(value(Labels.of("table", table.name()), v)));
    }
    all.metricSnapshot(gauge.build());
  }

  private static HistogramSnapshot writeDurations(SyncView view) {
    HistogramSnapshot.Builder histogram =
        HistogramSnapshot.builder()
            .name("nimoshake_write_duration_seconds")
            .help("Time from a write call to the acknowledgement of the target");
    for (TableView table : view.tables()) {
      histogram.dataPoint(durations(phase(table, "copy"), table.stats().copy.writeLatency));
      histogram.dataPoint(durations(phase(table, "stream"), table.stats().stream.writeLatency));
    }
    return histogram.build();
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

  private static CounterSnapshot retries(SyncView view) {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder()
            .name("nimoshake_retries")
            .help("Failed calls that are tried again, by activity and by kind of failure");
    for (TableView table : view.tables()) {
      retries(counter, table, "read", table.stats().reading);
      retries(counter, table, "write", table.stats().writing);
      retries(counter, table, "manage", table.stats().managing);
    }
    return counter.build();
  }

  private static void retries(
      CounterSnapshot.Builder counter, TableView table, String activity, Retries retries) {
    counter.dataPoint(
        count(
            Labels.of("table", table.name(), "activity", activity, "kind", "throttled"),
            retries.throttled.sum()));
    counter.dataPoint(
        count(
            Labels.of("table", table.name(), "activity", activity, "kind", "transient"),
            retries.failed.sum()));
  }

  private static CounterSnapshot failedCalls(Map<String, FailedCalls> servers) {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder()
            .name("nimoshake_failed_calls")
            .help("Failed attempts of calls, including those that a driver has repeated at once");
    servers.forEach(
        (server, failed) ->
            failed
                .counts()
                .forEach(
                    (call, count) -> counter.dataPoint(count(failedCall(server, call), count))));
    return counter.build();
  }

  private static Labels failedCall(String server, FailedCalls.Call call) {
    return Labels.of("server", server, "operation", call.operation(), "kind", lower(call.kind()));
  }

  private static GaugeSnapshot splits(SyncView view) {
    GaugeSnapshot.Builder gauge =
        GaugeSnapshot.builder().name("nimoshake_splits").help("Segments and shards by state");
    for (TableView table : view.tables()) {
      for (boolean shards : new boolean[] {false, true}) {
        for (PlanView.Progress progress : PlanView.Progress.values()) {
          long count =
              table.plan().splits().stream()
                  .filter(split -> split.split() instanceof Split.StreamShard == shards)
                  .filter(split -> split.progress() == progress)
                  .count();
          gauge.dataPoint(
              value(
                  Labels.of(
                      "table",
                      table.name(),
                      "kind",
                      shards ? "shard" : "segment",
                      "state",
                      lower(progress)),
                  count));
        }
      }
    }
    return gauge.build();
  }

  private static GaugeSnapshot tables(SyncView view) {
    GaugeSnapshot.Builder gauge =
        GaugeSnapshot.builder().name("nimoshake_tables").help("Tables by state");
    for (ShownState state : ShownState.values()) {
      long count = view.tables().stream().filter(t -> ShownState.of(t) == state).count();
      gauge.dataPoint(value(Labels.of("state", state.key()), count));
    }
    return gauge.build();
  }

  private static GaugeSnapshot one(String name, String help, double value) {
    return GaugeSnapshot.builder()
        .name("nimoshake_" + name)
        .help(help)
        .dataPoint(value(Labels.EMPTY, value))
        .build();
  }

  private static Labels phase(TableView table, String phase) {
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
