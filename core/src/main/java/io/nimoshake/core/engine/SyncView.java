package io.nimoshake.core.engine;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.Outages.Outage;
import io.nimoshake.core.flow.RecentFailures.Failure;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.plan.PlanView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The state of a sync at one moment, for progress, API and status: safe to hand out.
 *
 * @param copied whether every table is copied or has failed ({@code incr_sync} in the Go tool's
 *     words)
 * @param stopping whether it is draining
 * @param memoryHeldBytes bytes of memory of pages that were read and are not durable yet
 * @param leaseExpires when the lease runs out unless it is renewed; empty where none is held yet
 * @param fatal why the whole sync has to end
 * @param failures what failed lately in the sync as a whole, the newest first: checkpoints, the
 *     lease, listing the tables
 * @param outages the servers that cannot be reached now
 * @param clockCorrection what is to be added to a time of this host's clock before it is compared
 *     with times of the source; zero while they agree
 */
public record SyncView(
    List<TableView> tables,
    boolean copied,
    boolean stopping,
    long memoryHeldBytes,
    Optional<Instant> leaseExpires,
    Optional<Fault> fatal,
    List<Failure> failures,
    List<Outage> outages,
    Duration clockCorrection) {
  public SyncView {
    tables = List.copyOf(tables);
    failures = List.copyOf(failures);
    outages = List.copyOf(outages);
  }

  /**
   * @param plan where the table and its splits are
   * @param approximateItems items the service says it holds, updated there every six hours or so;
   *     empty before it was asked
   * @param stats counters of this run, live
   * @param limits the limits on reading it, live: may be changed
   */
  public record TableView(
      PlanView.Table plan, Optional<Long> approximateItems, TableStats stats, TableLimits limits) {
    public String name() {
      return plan.name();
    }
  }
}
