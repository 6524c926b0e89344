package io.nimoshake.setup;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.plan.BackPlan;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Source.StreamHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which direction of a sync is live, as its checkpoint says. After a cut-over a sync from DynamoDB
 * does not start: it would overwrite what the applications have written to the target since.
 */
public final class LiveDirection {
  /** How long a stream of DynamoDB keeps records. */
  private static final Duration KEPT = Duration.ofHours(24);

  private static final Logger LOG = LoggerFactory.getLogger(LiveDirection.class);

  private LiveDirection() {}

  /** The streams of tables, see {@link Source#currentStream}. */
  public interface Streams {
    Optional<StreamHandle> of(String table) throws Fault;
  }

  /** What these entries say; empty: forward, as always before a first cut-over. */
  public static Optional<OfDirection> of(List<CheckpointEntry> entries) {
    return entries.stream()
        .filter(OfDirection.class::isInstance)
        .map(OfDirection.class::cast)
        .reduce((first, last) -> last);
  }

  /**
   * Checks that a sync from DynamoDB may start.
   *
   * @param id of the sync
   * @throws Fault.Fatal if the applications write to the target; the message says the ways out
   */
  public static void requireForward(CheckpointStore store, String id) throws Fault {
    Optional<OfDirection> live = of(store.load());
    Optional<String> refusal = live.flatMap(entry -> refusal(entry, id));
    if (refusal.isPresent()) {
      throw new Fault.Fatal(refusal.get(), null);
    }
  }

  /**
   * Why a sync from DynamoDB cannot go on from the return of the way back, for people; empty if it
   * can, or if there was none.
   *
   * @param streams is asked for the time of DynamoDB: the clock of this host may be wrong
   */
  public static Optional<String> returnedTooLongAgo(
      List<CheckpointEntry> entries, Streams streams) {
    return of(entries)
        .filter(live -> live.direction() == Direction.RETURNED)
        .filter(live -> live.at().plus(KEPT).isBefore(now(entries, streams)))
        .map(
            live ->
                "the applications write to DynamoDB again since "
                    + live.at()
                    + ", and its streams keep records for 24 hours: changes are missing. on_gap says"
                    + " what is done: with resync each table is copied again, with backfill the"
                    + " changes are applied from exports");
  }

  /** The time of the source, if the stream of any table shows it. */
  private static Instant now(List<CheckpointEntry> entries, Streams streams) {
    try {
      for (CheckpointEntry entry : entries) {
        Optional<StreamHandle> stream =
            entry instanceof OfTable table ? streams.of(table.table()) : Optional.empty();
        if (stream.isPresent()) {
          return stream.get().serviceTime();
        }
      }
    } catch (Fault f) {
      // Only a warning depends on it. The plan makes the same call again, and says what is wrong.
      LOG.debug("cannot ask for the time: {}", f.getMessage());
    }
    return Instant.now();
  }

  /**
   * Checks that the way back may start, before anything of the checkpoint is changed.
   *
   * @throws Fault.Fatal if no cut-over has noted where it begins; the message says what to run
   */
  public static void requireBack(CheckpointStore store) throws Fault {
    Optional<String> obstacle = BackPlan.obstacle(of(store.load()));
    if (obstacle.isPresent()) {
      throw new Fault.Fatal(obstacle.get(), null);
    }
  }

  private static Optional<String> refusal(OfDirection live, String id) {
    return switch (live.direction()) {
      case FORWARD, RETURNED -> Optional.empty();
      case CUT_OVER ->
          Optional.of(
              "id "
                  + id
                  + " was cut over: since "
                  + live.at()
                  + " the applications write to the target, and a sync from DynamoDB would"
                  + " overwrite what they write. To copy into another place, choose another id."
                  + (live.wayBack().isPresent()
                      ? " To bring their changes back to DynamoDB, set sync_mode = back."
                      : "")
                  + " If no application has written to the target yet, nimo-shake cutover --abort"
                  + " undoes the cut-over");
      case BACK ->
          Optional.of(
              "id "
                  + id
                  + " goes back since "
                  + live.at()
                  + ": it brings the changes of the target to DynamoDB. Set sync_mode = back to go"
                  + " on with that, or choose another id to copy into another place");
    };
  }

  /** Undoes a cut-over: the sync from DynamoDB may start again where it ended. */
  public static OfDirection forward(OfDirection cutOver) {
    return new OfDirection(Direction.FORWARD, cutOver.at(), Optional.empty());
  }
}
