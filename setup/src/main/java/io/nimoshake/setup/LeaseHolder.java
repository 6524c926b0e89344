package io.nimoshake.setup;

import io.nimoshake.core.checkpoint.ProcessIdentity;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import java.time.Instant;
import java.util.Optional;

/** Finds out which process runs a sync, without taking its lease. */
public final class LeaseHolder {
  private LeaseHolder() {}

  /** The lease of the process that runs the sync of a checkpoint store; empty if none runs. */
  public static Optional<Lease> of(CheckpointStore store) throws Fault {
    return store.lease().filter(lease -> !lease.isGivenBack() && isAlive(lease));
  }

  private static boolean isAlive(Lease lease) {
    return switch (ProcessIdentity.signOf(lease, ProcessIdentity.ofThisProcess())) {
      case ALIVE -> true;
      case DEAD -> false;
      // Its clock may differ from ours, but not by much.
      case UNCERTAIN -> Instant.now().isBefore(lease.expires());
    };
  }

  /** Says who holds the lease of an id, as a sentence for people. */
  public static String describe(String id, Lease holder) {
    return "id " + id + " is already running as process " + holder.pid() + " on " + holder.host();
  }
}
