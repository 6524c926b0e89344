package io.nimoshake.core.port;

import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import java.util.List;
import java.util.Optional;

/**
 * Stores how far each split is durable in the target, and which process may sync. Methods block. A
 * save that failed can be repeated. It may have stored the first entries, but never a later entry
 * without the earlier ones.
 */
public interface CheckpointStore extends AutoCloseable {
  /** Everything that is stored; empty for a new sync. */
  List<CheckpointEntry> load() throws Fault;

  /**
   * Stores entries <b>in the given order</b>: an entry is never durable before the entries ahead of
   * it. Otherwise a crash could keep the progress of a shard and lose the end of its parent.
   *
   * @param fence number of the lease under which this process writes
   * @throws Fault.Fatal if another process has taken the lease: nothing may be written any more
   */
  void save(long fence, List<CheckpointEntry> entries) throws Fault;

  /** The lease as stored. Its holder may be dead. */
  Optional<Lease> lease() throws Fault;

  /**
   * Replaces the lease, atomically, if the stored one still has the fence of the expected one.
   *
   * @return whether it was replaced
   */
  boolean replaceLease(Optional<Lease> expected, Optional<Lease> next) throws Fault;

  /** Counts of the calls that failed since this was opened; empty if there is no server. */
  default FailedCalls failedCalls() {
    return new FailedCalls();
  }

  @Override
  void close();
}
