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
 * Undoes a cut-over or a return after its sync has ended: the sync may start again in the direction
 * it had, and goes on where it ended. Only right as long as no application has written to the other
 * side.
 */
public final class UndoneCutOver {
  private UndoneCutOver() {}

  /** Says what the checkpoint is to say, and what was done, as a sentence. */
  private interface Undo {
    /** Empty if there is nothing to undo. */
    Optional<OfDirection> before(Optional<OfDirection> live) throws Fault.Fatal;

    String done(boolean undone);
  }

  /**
   * Undoes a cut-over: a sync from DynamoDB may start again.
   *
   * @return what was done, as a sentence
   * @throws Fault if the sync runs, or goes in another direction
   */
  public static String undo(Configuration configuration) throws StartUpException, Fault {
    return undo(configuration, new OfCutOver());
  }

  /**
   * Undoes a return: the way back may start again.
   *
   * @return what was done, as a sentence
   * @throws Fault if the sync runs, or goes in another direction
   */
  public static String undoReturn(Configuration configuration) throws StartUpException, Fault {
    return undo(configuration, new OfReturn());
  }

  private static final class OfCutOver implements Undo {
    @Override
    public Optional<OfDirection> before(Optional<OfDirection> live) throws Fault.Fatal {
      return switch (live.map(OfDirection::direction).orElse(Direction.FORWARD)) {
        case FORWARD -> Optional.empty();
        case CUT_OVER -> live.map(LiveDirection::forward);
        case BACK, RETURNED ->
            throw new Fault.Fatal(
                "the sync goes back to DynamoDB already ("
                    + live.orElseThrow().direction()
                    + "): this cannot be undone any more",
                null);
      };
    }

    @Override
    public String done(boolean undone) {
      return undone
          ? "undone: a sync from DynamoDB may start again"
          : "nothing to undo: the sync was not cut over";
    }
  }

  private static final class OfReturn implements Undo {
    @Override
    public Optional<OfDirection> before(Optional<OfDirection> live) throws Fault.Fatal {
      return switch (live.map(OfDirection::direction).orElse(Direction.FORWARD)) {
        case BACK, CUT_OVER -> Optional.empty();
        case RETURNED ->
            live.map(entry -> new OfDirection(Direction.BACK, entry.at(), entry.wayBack()));
        case FORWARD ->
            throw new Fault.Fatal(
                "a sync from DynamoDB has started since the return, or there was none: this cannot"
                    + " be undone",
                null);
      };
    }

    @Override
    public String done(boolean undone) {
      return undone
          ? "undone: the way back may start again"
          : "nothing to undo: the sync has not returned";
    }
  }

  private static String undo(Configuration configuration, Undo undo)
      throws StartUpException, Fault {
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
        return undo(start, store, lease.fence(), undo);
      } finally {
        lease.release();
      }
    }
  }

  private static String undo(StartUp start, CheckpointStore store, long fence, Undo undo)
      throws StartUpException, Fault {
    Optional<OfDirection> before =
        undo.before(
            LiveDirection.of(start.call(Server.CHECKPOINT, "loading the checkpoint", store::load)));
    if (before.isPresent()) {
      start.run(
          Server.CHECKPOINT,
          "saving the direction",
          () -> store.save(fence, List.of(before.get())));
    }
    return undo.done(before.isPresent());
  }
}
