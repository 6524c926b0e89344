package io.nimoshake.flink.metrics;

import io.nimoshake.core.engine.PlanHost;
import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.flow.Outages;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.TableState;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** Shows the state of the plan in the metric group of the enumerator. */
public final class PlanMetrics {
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final MetricGroup group;
  private final PlanHost host;

  // A reporter asks for each number separately. One view of the plan serves all of them.
  private List<PlanView.Table> view = List.of();
  private long viewed = System.nanoTime() - 2 * FRESH_NANOS;

  public PlanMetrics(MetricGroup enumerator, PlanHost host) {
    this.group = enumerator.addGroup("nimoshake");
    this.host = host;
  }

  /** Shows the failed calls that the enumerator made itself. */
  public void failedCalls(String server, FailedCalls failed) {
    StatsMetrics.failedCalls(group, server, failed);
  }

  /** Shows how many servers the enumerator cannot reach now. */
  public void outages(Outages outages) {
    StatsMetrics.outages(group, outages);
  }

  public void register() {
    group.gauge("checkpoint_saves", (Gauge<Long>) host::checkpointSaves);
    for (TableState state : TableState.values()) {
      group
          .addGroup("state", name(state))
          .gauge(
              "tables",
              (Gauge<Long>) () -> view().stream().filter(t -> t.state() == state).count());
    }
    for (PlanView.Progress progress : PlanView.Progress.values()) {
      group
          .addGroup("state", name(progress))
          .gauge(
              "splits",
              (Gauge<Long>)
                  () ->
                      view().stream()
                          .flatMap(table -> table.splits().stream())
                          .filter(split -> split.progress() == progress)
                          .count());
    }
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private synchronized List<PlanView.Table> view() {
    long now = System.nanoTime();
    if (now - viewed > FRESH_NANOS) {
      viewed = now;
      view = host.view();
    }
    return view;
  }
}
