package io.nimoshake.app.cutover;

import io.nimoshake.core.checkpoint.LeaseClaim;
import io.nimoshake.core.checkpoint.LeaseKeeper;
import io.nimoshake.core.checkpoint.ProcessIdentity;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.Sleeper;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.setup.Connections;
import io.nimoshake.setup.LeaseHolder;
import io.nimoshake.setup.LiveDirection;
import io.nimoshake.setup.StartUp;
import io.nimoshake.setup.StartUp.Server;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.config.Configuration;
import java.util.List;
import java.util.Optional;

/**
 * Undoes a cut-over after its sync has ended: a sync from DynamoDB may start again, and goes on
 * where it ended. Only right as long as no application has written to the target.
 */
public final class UndoneCutOver {
  private UndoneCutOver() {}

  /**
   * Undoes it.
   *
   * @return what was done, as a sentence
   * @throws Fault if the sync runs, or goes in another direction
   */
  public static String undo(Configuration configuration) throws StartUpException, Fault {
    SyncSetup setup = new SyncSetup(configuration);
    try (StartUp start = setup.startUp();
        CheckpointStore store = Connections.checkpoints(setup, start)) {
      LeaseClaim claim =
          new LeaseClaim(
              store,
              setup.options().leaseDuration(),
              Sleeper.IN_THREAD,
              ProcessIdentity.ofThisProcess());
      LeaseClaim.Attempt attempt =
          start.call(Server.CHECKPOINT, "taking the lease", claim::attempt);
      if (attempt instanceof LeaseClaim.Attempt.HeldBy held) {
        throw new Fault.Fatal(
            LeaseHolder.describe(setup.id(), held.other()) + ": stop it first", null);
      }
      LeaseKeeper lease = ((LeaseClaim.Attempt.Acquired) attempt).keeper();
      try {
        return undo(start, store, lease.fence());
      } finally {
        lease.release();
      }
    }
  }

  private static String undo(StartUp start, CheckpointStore store, long fence)
      throws StartUpException, Fault {
    Optional<OfDirection> live =
        LiveDirection.of(start.call(Server.CHECKPOINT, "loading the checkpoint", store::load));
    if (live.isEmpty() || live.get().direction() == Direction.FORWARD) {
      return "nothing to undo: the sync was not cut over";
    }
    if (live.get().direction() != Direction.CUT_OVER) {
      throw new Fault.Fatal(
          "the sync goes back to DynamoDB already ("
              + live.get().direction()
              + "): this cannot be"
              + " undone any more",
          null);
    }
    start.run(
        Server.CHECKPOINT,
        "saving the direction",
        () -> store.save(fence, List.of(LiveDirection.forward(live.get()))));
    return "undone: a sync from DynamoDB may start again";
  }
}
