package io.nimoshake.flink.metrics;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** The metrics that are registered in the clusters of this process which report here. */
public final class ReportedMetrics implements MetricReporter {
  /** Flink creates the reporter by the name of its factory, so its tests find it here. */
  private static final Map<Metric, String> REGISTERED = new ConcurrentHashMap<>();

  /** What a cluster needs to report here. */
  public static Map<String, String> settings() {
    return Map.of(
        "metrics.reporters",
        "here",
        "metrics.reporter.here.factory.class",
        Factory.class.getName());
  }

  /** Their names, in order. A name is there once for each metric that has it. */
  public static List<String> names() {
    return REGISTERED.values().stream().sorted().collect(Collectors.toList());
  }

  /** Made by Flink. */
  public static final class Factory implements MetricReporterFactory {
    @Override
    public MetricReporter createMetricReporter(Properties properties) {
      return new ReportedMetrics();
    }
  }

  @Override
  public void open(MetricConfig config) {}

  @Override
  public void close() {
    REGISTERED.clear();
  }

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    REGISTERED.put(metric, group.getMetricIdentifier(name));
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
    REGISTERED.remove(metric);
  }
}
