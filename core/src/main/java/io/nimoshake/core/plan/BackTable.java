package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.plan.Command.Level;
import io.nimoshake.core.plan.PlanView.Progress;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.core.port.WriteMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The decisions about one table on the way back.
 *
 * <pre>
 *   WAITING ---> PREPARING ---> FOLLOWING
 *   FAILED  <--- every other state    its copy was not complete, a gap, a fault that does not pass
 * </pre>
 */
final class BackTable {
  /** Clocks of this machine and of MongoDB may differ. */
  private static final Duration MARGIN = Duration.ofMinutes(5);

  private final PlanOptions options;
  private final PlanOutput out;
  private final Split.ChangeStream stream;
  private TableState state = TableState.WAITING;
  private Optional<Fault> failure = Optional.empty();

  private Position position;
  private Optional<Instant> recordTime;
  private Instant updated;

  /** Every change that was made before this moment is durable. */
  private Instant completeUntil;

  private Progress progress = Progress.WAITING;
  private final OplogWindow window;

  /** How often in a row the table or its stream was not there. */
  private int missed;

  /** Listings that lack the table, since an answer said that there is no such table. */
  private Optional<Evidence> unlisted = Optional.empty();

  private Optional<Fault.TableGone> gone = Optional.empty();

  /** Answers that the change stream cannot go on from its position. */
  private Optional<Evidence> refusals = Optional.empty();

  /**
   * @param live has the position at which the way back begins
   * @param saved where an earlier run got to; null if none did
   */
  BackTable(PlanOptions options, PlanOutput out, OfDirection live, OfSplit saved) {
    this.options = options;
    this.out = out;
    this.stream = new Split.ChangeStream(out.table());
    this.window = new OplogWindow(out);
    Optional<OfSplit> before = Optional.ofNullable(saved);
    this.position =
        before.map(OfSplit::position).orElseGet(() -> Position.after(live.wayBack().orElseThrow()));
    this.recordTime = before.flatMap(OfSplit::recordTime);
    this.updated = before.map(OfSplit::updated).orElse(live.at());
    this.completeUntil = before.flatMap(OfSplit::completeUntil).orElse(live.at());
  }

  TableState state() {
    return state;
  }

  Optional<Fault> failure() {
    return failure;
  }

  /** When the newest durable change was made. */
  Optional<Instant> recordTime() {
    return recordTime;
  }

  /** Whether the last answer was that the table, or the place in its change stream, is gone. */
  boolean isDoubted() {
    return gone.isPresent() || refusals.isPresent();
  }

  /**
   * Begins.
   *
   * @param phase where the way from DynamoDB had got to at the cut-over
   */
  void start(Phase phase) {
    if (phase != Phase.COPIED) {
      fail(
          new Fault.TableFailed(
              "table "
                  + out.table()
                  + " was not copied completely before the cut-over, so it has no way back",
              null));
      return;
    }
    state = TableState.PREPARING;
    prepare();
  }

  private void prepare() {
    out.accept(new Command.PrepareTable(out.table(), Existing.RESUME, true, missed + 1));
  }

  void onPrepared(Optional<StreamHandle> handle) {
    if (state == TableState.PREPARING) {
      found();
      handle.ifPresent(this::onStreamSeen);
      state = TableState.FOLLOWING;
      out.save(entry(), true);
      startSplit();
    }
  }

  private void startSplit() {
    progress = Progress.RUNNING;
    out.accept(new Command.StartSplit(stream, position, WriteMode.STREAM, missed + 1));
  }

  private OfSplit entry() {
    return new OfSplit(stream, position, recordTime, updated, Optional.of(completeUntil));
  }

  void onDurable(Event.Durable event) {
    found();
    position = event.position();
    updated = event.at();
    recordTime = event.recordTime().or(() -> recordTime);
    event.recordTime().ifPresent(this::completeUntil);
    out.save(entry(), false);
  }

  /** The stream was read to its newest change, and had nothing more for a while. */
  void onCaughtUp(Instant at) {
    completeUntil(at.minus(MARGIN));
    out.save(entry(), false);
  }

  private void completeUntil(Instant time) {
    completeUntil = time.isAfter(completeUntil) ? time : completeUntil;
  }

  void onStreamSeen(StreamHandle handle) {
    window.seen(handle, completeUntil);
  }

  void onTick(Instant now) {
    if (state == TableState.FOLLOWING) {
      out.accept(new Command.FindStream(out.table()));
    }
  }

  // --- faults --------------------------------------------------------------------------------

  void onFault(Fault fault) {
    if (state.isOver()) {
      return;
    }
    if (fault instanceof Fault.TableGone answer) {
      onTableGone(answer);
    } else if (fault instanceof Fault.StreamGone answer) {
      onStreamGone(answer);
    } else if (fault instanceof Fault.Gap gap) {
      fail(gap.within(completeUntil, updated).andSo(AFTER_GAP));
    } else {
      fail(fault);
    }
  }

  private static final String AFTER_GAP =
      "DynamoDB has every change before that. The table cannot be followed any further: let"
          + " `nimo-shake check` name and repair what differs";

  /**
   * MongoDB cannot go on from the position. One such answer proves nothing: members of a replica
   * set have oplogs of different lengths, and another one may become the primary.
   */
  private void onStreamGone(Fault.StreamGone answer) {
    refusals = Evidence.againSoon(refusals, answer.serviceTime());
    Evidence refused = refusals.orElseThrow();
    if (refused.isSettled(options.goneAfter())) {
      fail(
          new Fault.Gap(answer.getMessage(), answer)
              .within(completeUntil, answer.serviceTime())
              .andSo(AFTER_GAP));
      return;
    }
    if (refused.answers() == Evidence.ENOUGH) {
      out.tell(Level.WARN, answer.getMessage() + ". It is tried again until it is clear");
    }
    missed = refused.answers();
    startSplit();
  }

  /** One such answer proves nothing. The table is looked for again, and listings must lack it. */
  private void onTableGone(Fault.TableGone answer) {
    gone = Optional.of(answer);
    missed++;
    if (state == TableState.PREPARING) {
      prepare();
    } else if (progress == Progress.RUNNING) {
      startSplit();
    }
  }

  private void found() {
    missed = 0;
    gone = Optional.empty();
    unlisted = Optional.empty();
    refusals = Optional.empty();
  }

  void onListed(boolean listed, Optional<Instant> now) {
    if (listed || gone.isEmpty()) {
      unlisted = Optional.empty();
    } else {
      now.ifPresent(at -> unlisted = Evidence.again(unlisted, at));
    }
    if (unlisted.filter(evidence -> evidence.isSettled(options.goneAfter())).isPresent()
        && !state.isOver()) {
      fail(gone.orElseThrow());
    }
  }

  private void fail(Fault fault) {
    failure = Optional.of(fault);
    state = TableState.FAILED;
    progress = Progress.WAITING;
    out.accept(new Command.GiveUp(out.table(), fault));
    out.accept(new Command.StopTable(out.table()));
  }

  // --- what others may see -------------------------------------------------------------------

  PlanView.Table view() {
    return new PlanView.Table(
        out.table(),
        state,
        List.of(new PlanView.SplitState(stream, progress, position, recordTime, updated)),
        failure,
        Optional.empty(),
        state.isOver() ? Optional.empty() : Optional.of(completeUntil),
        List.of(),
        window.kept(),
        Optional.empty());
  }
}
