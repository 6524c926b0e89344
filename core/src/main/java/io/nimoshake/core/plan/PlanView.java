package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Immutable copies of the plan's state, to be shown or checked by any thread. */
public final class PlanView {
  private PlanView() {}

  /**
   * One table.
   *
   * @param segmentsDoneBefore segments that an earlier run had copied; empty if the copy began in
   *     this run
   * @param unreadSince changes made after this moment may be unread; empty if no stream is followed
   *     or all of it was read
   * @param problems what the user has to know, a line each; empty if all is well
   * @param kept for how long unread changes are kept; empty if that is not known
   * @param awaits what it waits for before its items can be read, for people
   * @param backfill the backfill that is under way, or goes on when the table is prepared
   */
  public record Table(
      String name,
      TableState state,
      List<SplitState> splits,
      Optional<Fault> failure,
      Optional<Integer> segmentsDoneBefore,
      Optional<Instant> unreadSince,
      List<String> problems,
      Optional<Duration> kept,
      Optional<String> awaits,
      Optional<Backfill> backfill) {
    public Table {
      problems = List.copyOf(problems);
    }

    /** A table whose changes are in a stream of DynamoDB. */
    public Table(
        String name,
        TableState state,
        List<SplitState> splits,
        Optional<Fault> failure,
        Optional<Integer> segmentsDoneBefore,
        Optional<Instant> unreadSince,
        List<String> problems) {
      this(
          name,
          state,
          splits,
          failure,
          segmentsDoneBefore,
          unreadSince,
          problems,
          Optional.of(Headroom.RETENTION),
          Optional.empty());
    }

    /** A table of which nothing is backfilled. */
    public Table(
        String name,
        TableState state,
        List<SplitState> splits,
        Optional<Fault> failure,
        Optional<Integer> segmentsDoneBefore,
        Optional<Instant> unreadSince,
        List<String> problems,
        Optional<Duration> kept,
        Optional<String> awaits) {
      this(
          name,
          state,
          splits,
          failure,
          segmentsDoneBefore,
          unreadSince,
          problems,
          kept,
          awaits,
          Optional.empty());
    }

    public Table(
        String name,
        TableState state,
        List<SplitState> splits,
        Optional<Fault> failure,
        Optional<Integer> segmentsDoneBefore,
        Optional<Instant> unreadSince) {
      this(name, state, splits, failure, segmentsDoneBefore, unreadSince, List.of());
    }

    public Table(String name, TableState state, List<SplitState> splits, Optional<Fault> failure) {
      this(name, state, splits, failure, Optional.empty(), Optional.empty());
    }

    /**
     * Time left until the oldest unread change may expire: streams keep records for 24 hours, and
     * MongoDB as long as its oplog reaches back. While a shard is idle, this is a few minutes too
     * low. Zero if a change may have expired already, empty if none can, or if that is not known.
     */
    public Optional<Duration> headroom(Instant now) {
      return kept.flatMap(time -> unreadSince.map(since -> Headroom.left(since, time, now)));
    }
  }

  /**
   * Changes that expired unread and are applied from exports.
   *
   * @param cause why changes are missing
   * @param from no change that was made before this moment is missing
   * @param applied every change that was made before this moment is applied
   * @param windowsDone windows of time that are applied
   * @param windows how many windows there will be, as far as is known now
   * @param exported whether the export of the window that is being applied is complete
   * @param filesDone files of that export that are durable
   * @param files number of its files
   */
  public record Backfill(
      String cause,
      Instant from,
      Instant applied,
      int windowsDone,
      int windows,
      boolean exported,
      int filesDone,
      int files) {}

  /** Where a split is. */
  public enum Progress {
    /** Its parents are not durable to their end, or its table is in a state in which none runs. */
    WAITING,
    RUNNING,
    DONE
  }

  /** One split. */
  public record SplitState(
      Split split,
      Progress progress,
      Position position,
      Optional<Instant> recordTime,
      Instant updated) {}

  /** How far a cut-over is. */
  public enum CutOverStage {
    /** For everything that was written before the freeze time to arrive, or for the switch. */
    WAITING,
    /** It is recorded; the checkpoint is being stored. */
    RECORDED,
    /** The checkpoint says that the sync was cut over. */
    STORED
  }

  /**
   * A cut-over. Everything that was written before the freeze time is durable in the target if
   * nothing is missing.
   *
   * @param freeze the freeze time that counts
   * @param from calls that began before this moment prove nothing
   * @param heard the latest time of the service's clock; it is behind by some seconds
   * @param restarts how often the freeze time was set anew, because somebody still wrote
   * @param refusals how often the switch was asked for while something was missing
   * @param missing what is missing, and why
   */
  public record CutOver(
      Instant freeze,
      Instant from,
      Instant heard,
      int restarts,
      int refusals,
      CutOverStage stage,
      List<Missing> missing) {
    public CutOver {
      missing = List.copyOf(missing);
    }

    /** Whether everything has arrived. */
    public boolean isDrained() {
      return stage != CutOverStage.WAITING || missing.isEmpty();
    }
  }

  /**
   * What a cut-over waits for.
   *
   * @param table empty if it belongs to no table
   * @param shardId empty if it belongs to no shard
   */
  public record Missing(Optional<String> table, Optional<String> shardId, String reason) {}

  static Table of(TablePlan table) {
    List<SplitState> splits = new ArrayList<>();
    splits.addAll(parts(table.copy().parts(), table.state() == TableState.COPYING));
    Optional<BackfillPlan> backfill = table.repair().backfill();
    backfill.ifPresent(
        b -> splits.addAll(parts(b.files(), table.state() == TableState.BACKFILLING)));
    table.stream()
        .ifPresent(
            stream -> {
              for (ShardGraph.Node node : stream.graph().nodes()) {
                splits.add(
                    new SplitState(
                        node.shard, node.progress, node.position, node.recordTime, node.updated));
              }
            });
    Optional<Instant> unreadSince =
        table.stream().filter(s -> !table.state().isOver()).flatMap(StreamPlan::unreadSince);
    return new Table(
        table.table(),
        table.state(),
        splits,
        table.failure(),
        table.copy().parts().finishedBefore(),
        unreadSince,
        table.problems(),
        Optional.of(Headroom.RETENTION),
        table.copy().awaits(),
        backfill.map(BackfillPlan::view));
  }

  static List<SplitState> parts(CopyPlan copy, boolean running) {
    List<SplitState> splits = new ArrayList<>();
    for (CopyPlan.Segment part : copy.segments()) {
      Progress progress =
          part.isFinished() ? Progress.DONE : running ? Progress.RUNNING : Progress.WAITING;
      splits.add(
          new SplitState(part.split, progress, part.position, Optional.empty(), part.updated));
    }
    return splits;
  }
}
