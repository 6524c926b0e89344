package io.nimoshake.app.http;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.nimoshake.app.SyncMonitor;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.plan.PlanView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;

/** The numbers of a sync for Prometheus. Every name begins with {@code nimoshake_}. */
final class Metrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final SyncMonitor monitor;
  private final Set<String> known = new HashSet<>();
  private final MultiGauge lag;
  private final MultiGauge splits;
  private final MultiGauge tables;

  Metrics(SyncMonitor monitor) {
    this.monitor = monitor;
    this.lag =
        MultiGauge.builder("nimoshake.stream.lag")
            .baseUnit("seconds")
            .description("How far a table's stream is behind")
            .register(registry);
    this.splits =
        MultiGauge.builder("nimoshake.splits")
            .description("Segments and shards by state")
            .register(registry);
    this.tables =
        MultiGauge.builder("nimoshake.tables").description("Tables by state").register(registry);
    Gauge.builder("nimoshake.memory.held", monitor, m -> m.view().memoryHeldBytes())
        .baseUnit("bytes")
        .description("Items in flight between source and target")
        .register(registry);
    FunctionCounter.builder("nimoshake.checkpoint.saves", monitor, SyncMonitor::checkpointSaves)
        .description("Checkpoints saved")
        .register(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    gc.bindTo(registry);
  }

  /** The numbers now, in Prometheus's text format. */
  synchronized String scrape() {
    SyncView view = monitor.view();
    for (TableView table : view.tables()) {
      if (known.add(table.name())) {
        register(table);
      }
    }
    Instant now = Instant.now();
    List<Row<?>> lags = new ArrayList<>();
    List<Row<?>> parts = new ArrayList<>();
    for (TableView table : view.tables()) {
      Optional<Duration> behind = Lag.of(table, now);
      behind.ifPresent(
          time -> lags.add(Row.of(Tags.of("table", table.name()), time.toMillis() / 1000.0)));
      for (PlanView.Progress progress : PlanView.Progress.values()) {
        long count = table.plan().splits().stream().filter(s -> s.progress() == progress).count();
        parts.add(Row.of(Tags.of("table", table.name(), "state", lower(progress)), (Number) count));
      }
    }
    List<Row<?>> states = new ArrayList<>();
    for (PlanView.State state : PlanView.State.values()) {
      long count = view.tables().stream().filter(t -> t.plan().state() == state).count();
      states.add(Row.of(Tags.of("state", lower(state)), (Number) count));
    }
    lag.register(lags, true);
    splits.register(parts, true);
    tables.register(states, true);
    return registry.scrape();
  }

  private void register(TableView table) {
    TableStats stats = table.stats();
    register(table, "copy", stats.copy);
    register(table, "stream", stats.stream);
    Tags tags = Tags.of("table", table.name());
    counter("nimoshake.retries", "Calls tried again", tags, stats.retries);
    counter("nimoshake.throttles", "Calls the service asked to slow down", tags, stats.throttles);
    counter("nimoshake.rejected", "Items that cannot be written", tags, stats.rejected);
  }

  private void register(TableView table, String phase, TableStats.Kind kind) {
    Tags tags = Tags.of("table", table.name(), "phase", phase);
    counter("nimoshake.items.read", "Items and records read", tags, kind.read);
    counter("nimoshake.items.written", "Changes durable in the target", tags, kind.written);
    counter("nimoshake.items.coalesced", "Superseded by a later one", tags, kind.coalesced);
    counter("nimoshake.items.skipped", "Left out as older than the copy", tags, kind.skipped);
    counter("nimoshake.read.bytes", "Bytes read", tags, kind.readBytes);
    counter("nimoshake.written.bytes", "Bytes written", tags, kind.writtenBytes);
    counter("nimoshake.batches", "Pages written", tags, kind.batches);
    scaled("nimoshake.write.seconds", "Time spent writing", tags, kind.writeNanos, 1e9);
    scaled("nimoshake.capacity.units", "Read capacity used", tags, kind.capacityMilliUnits, 1_000);
  }

  private void counter(String name, String description, Tags tags, LongAdder adder) {
    scaled(name, description, tags, adder, 1);
  }

  private void scaled(String name, String description, Tags tags, LongAdder adder, double by) {
    ToDoubleFunction<LongAdder> value = a -> a.sum() / by;
    FunctionCounter.builder(name, adder, value)
        .tags(tags)
        .description(description)
        .register(registry);
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
