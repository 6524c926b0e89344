package io.nimoshake.app.http;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.hawkular.agent.prometheus.text.TextPrometheusMetricDataParser;
import org.hawkular.agent.prometheus.types.Counter;
import org.hawkular.agent.prometheus.types.Gauge;
import org.hawkular.agent.prometheus.types.Histogram;
import org.hawkular.agent.prometheus.types.Metric;
import org.hawkular.agent.prometheus.types.MetricFamily;
import org.hawkular.agent.prometheus.types.Summary;

/** What a parser that is not ours makes of an answer of /metrics. */
public final class Scraped {
  private final List<MetricFamily> families;

  private Scraped(List<MetricFamily> families) {
    this.families = families;
  }

  /** Parses all of a text; fails where it is not in Prometheus's format. */
  public static Scraped of(String text) throws Exception {
    TextPrometheusMetricDataParser parser =
        new TextPrometheusMetricDataParser(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    List<MetricFamily> families = new ArrayList<>();
    for (MetricFamily family = parser.parse(); family != null; family = parser.parse()) {
      families.add(family);
    }
    return new Scraped(families);
  }

  /** As a query names them: with what a histogram adds to its name. */
  public Set<String> names() {
    Set<String> names = new TreeSet<>();
    for (MetricFamily family : families) {
      if (family.getMetrics().stream().anyMatch(Histogram.class::isInstance)) {
        List.of("_bucket", "_sum", "_count").forEach(end -> names.add(family.getName() + end));
      } else {
        names.add(family.getName());
      }
    }
    return names;
  }

  /**
   * The value with these labels, whatever others it has besides; summed up if there are several.
   */
  public double value(String name, Map<String, String> labels) {
    return find(name, labels).stream().mapToDouble(Scraped::valueOf).sum();
  }

  /** Of a histogram or summary how many entries it has. */
  private static double valueOf(Metric metric) {
    if (metric instanceof Counter counter) {
      return counter.getValue();
    } else if (metric instanceof Gauge gauge) {
      return gauge.getValue();
    }
    return metric instanceof Summary summary
        ? summary.getSampleCount()
        : ((Histogram) metric).getSampleCount();
  }

  /** All values, by name and labels. */
  public Map<String, Double> series() {
    Map<String, Double> series = new TreeMap<>();
    for (MetricFamily family : families) {
      for (Metric metric : family.getMetrics()) {
        series.put(family.getName() + new TreeMap<>(metric.getLabels()), valueOf(metric));
      }
    }
    return series;
  }

  public boolean has(String name, Map<String, String> labels) {
    return !find(name, labels).isEmpty();
  }

  Histogram histogram(String name, Map<String, String> labels) {
    return (Histogram) find(name, labels).get(0);
  }

  private List<Metric> find(String name, Map<String, String> labels) {
    List<Metric> found = new ArrayList<>();
    for (MetricFamily family : families) {
      if (family.getName().equals(name)) {
        family.getMetrics().stream()
            .filter(metric -> metric.getLabels().entrySet().containsAll(labels.entrySet()))
            .forEach(found::add);
      }
    }
    return found;
  }
}
