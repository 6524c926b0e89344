package io.nimoshake.core.port;

import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import java.util.List;
import java.util.Optional;

/**
 * Keeps how far each split is durable in the target, and who may sync. Methods block. A save is
 * complete or can be repeated; it never leaves a later entry stored without the earlier ones.
 */
public interface CheckpointStore extends AutoCloseable {
  /** Everything stored, empty if nothing was. */
  List<CheckpointEntry> load() throws Fault;

  /**
   * Stores entries <b>in the order given</b>: an entry is never durable before the ones ahead of it
   * (a child's progress must not outlive the end of its parent).
   *
   * @param fence number of the lease under which this is written
   * @throws Fault.Fatal if another process has taken the lease: nothing more may be written
   */
  void save(long fence, List<CheckpointEntry> entries) throws Fault;

  /** Who holds the lease, dead or alive. */
  Optional<Lease> lease() throws Fault;

  /**
   * Replaces the lease if it is still the expected one (by fence), atomically.
   *
   * @return whether it was
   */
  boolean replaceLease(Optional<Lease> expected, Optional<Lease> next) throws Fault;

  /** The attempts of calls that failed since this was opened. One without a server has none. */
  default FailedCalls failedCalls() {
    return new FailedCalls();
  }

  @Override
  void close();
}
