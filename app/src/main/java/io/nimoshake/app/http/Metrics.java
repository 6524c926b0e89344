package io.nimoshake.app.http;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.MultiCollector;
import java.util.Optional;

/**
 * The metrics for Prometheus: those of the sync, of the process and of the JVM. {@code promtool
 * check metrics} finds nothing wrong with them. They are made when somebody asks for them first,
 * because a start need not wait for them.
 */
final class Metrics implements AutoCloseable {
  private final MultiCollector sync;
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private Optional<PrometheusMeterRegistry> made = Optional.empty();

  Metrics(MultiCollector sync) {
    this.sync = sync;
  }

  private PrometheusMeterRegistry make() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry.getPrometheusRegistry().register(sync);
    // process_cpu_seconds_total and the others that every Prometheus client has under these names:
    // https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics
    ProcessMetrics.builder().register(registry.getPrometheusRegistry());
    // The same under a name of its own, and a gauge whose name says that it is part of a histogram.
    registry.config().meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"));
    registry.config().meterFilter(MeterFilter.denyNameStartsWith("process.start.time"));
    registry.config().meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    gc.bindTo(registry);
    return registry;
  }

  /** All metrics now, in Prometheus's text format. */
  String scrape() {
    return registry().scrape();
  }

  private synchronized PrometheusMeterRegistry registry() {
    made = made.or(() -> Optional.of(make()));
    return made.get();
  }

  @Override
  public synchronized void close() {
    gc.close();
    made.ifPresent(PrometheusMeterRegistry::close);
  }
}
