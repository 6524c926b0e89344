package io.nimoshake.app.e2e;

import io.nimoshake.testkit.fault.HttpFault;
import java.util.Map;
import java.util.stream.Stream;

/** Failed calls, by who failed them and how. */
record FailureCount(long throttled, long serverErrors, long broken, long atTarget) {
  static final FailureCount NONE = new FailureCount(0, 0, 0, 0);

  static FailureCount injected(Map<String, Long> source, Map<String, Long> target) {
    return new FailureCount(
        sum(
            source,
            HttpFault.THROTTLING,
            HttpFault.PROVISIONED_THROUGHPUT_EXCEEDED,
            HttpFault.LIMIT_EXCEEDED),
        sum(source, HttpFault.INTERNAL_SERVER_ERROR, HttpFault.SERVICE_UNAVAILABLE),
        sum(source, HttpFault.DROP_BEFORE, HttpFault.DROP_AFTER, HttpFault.HALF_ANSWER),
        target.entrySet().stream()
            .filter(entry -> !entry.getKey().equals("delay"))
            .mapToLong(Map.Entry::getValue)
            .sum());
  }

  private static long sum(Map<String, Long> injected, HttpFault... faults) {
    return Stream.of(faults).mapToLong(fault -> injected.getOrDefault(fault.kind(), 0L)).sum();
  }

  static FailureCount ofMetrics(String text) {
    String source = "server=\"source\"";
    return new FailureCount(
        sum(text, source, "kind=\"throttled\""),
        sum(text, source, "kind=\"server_error\""),
        sum(text, source, "kind=\"connection\"") + sum(text, source, "kind=\"unreadable\""),
        sum(text, "server=\"target\"", "") + sum(text, "server=\"checkpoint\"", ""));
  }

  private static long sum(String metrics, String server, String kind) {
    return metrics
        .lines()
        .filter(line -> line.startsWith("nimoshake_failed_calls_total{"))
        .filter(line -> line.contains(server) && line.contains(kind))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  FailureCount plus(FailureCount other) {
    return new FailureCount(
        throttled + other.throttled,
        serverErrors + other.serverErrors,
        broken + other.broken,
        atTarget + other.atTarget);
  }

  FailureCount minus(FailureCount other) {
    return new FailureCount(
        throttled - other.throttled,
        serverErrors - other.serverErrors,
        broken - other.broken,
        atTarget - other.atTarget);
  }

  /**
   * Whether this counts as many failures of the source's calls, and no fewer of the target's: one
   * broken connection there can fail more than one call.
   */
  boolean holds(FailureCount injected) {
    return throttled == injected.throttled
        && serverErrors == injected.serverErrors
        && broken == injected.broken
        && atTarget >= injected.atTarget;
  }
}
