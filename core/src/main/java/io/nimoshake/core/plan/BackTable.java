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
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The decisions about one table on the way back.
 *
 * <pre>
 *   WAITING ---> PREPARING ---> FOLLOWING
 *   PREPARING -- a new position is noted ---> COPYING -- equal to its documents ---> FOLLOWING
 *   FOLLOWING -- its position is lost, and it is to be copied again ---> STOPPING
 *   STOPPING ---> PREPARING; after gap after gap ---> WAITING -- a while ---> PREPARING
 *   FAILED  <--- every other state    its copy was not complete, another gap, a fault that does not
 *                                     pass
 * </pre>
 */
final class BackTable {
  private static final String AFTER_GAP =
      "DynamoDB has every change before that. The table cannot be followed any further: let"
          + " `nimo-shake check` name and repair what differs";

  private static final String AFTER_LOST_POSITION =
      AFTER_GAP
          + ", or start it again with on_gap = resync, which makes the table equal to its documents"
          + " and then follows it";

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

  /** The time of the last tick. */
  private Optional<Instant> tick = Optional.empty();

  /** Every change that was made before this moment is durable. */
  private Instant completeUntil;

  private Progress progress = Progress.WAITING;
  private final OplogWindow window;
  private final BackRecopy recopy;
  private final Question whichStream;

  /** How often it was copied again since the process started. */
  private int recopies;

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
    this.recopy = new BackRecopy(out);
    this.whichStream = new Question(out::accept, new Command.FindStream(out.table()));
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

  /** A change stream that was read before and after a new copy is not the same. */
  int recopies() {
    return recopies;
  }

  /** Takes a part of a copy that an earlier run had begun. */
  void restore(OfSplit part) {
    recopy.restore(part);
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

  void onPrepared(Event.TablePrepared event) {
    if (state != TableState.PREPARING) {
      return;
    }
    found();
    event.stream().ifPresent(this::onStreamSeen);
    if (recopy.isWanted()) {
      beginRecopy(event);
    } else if (recopy.isUnderWay()) {
      state = TableState.COPYING;
      out.tell(Level.INFO, "continues to be copied again from its documents in MongoDB");
      recopy.start();
    } else {
      follow();
    }
  }

  /** What is read from here on was not read yet when the position was taken. */
  private void beginRecopy(Event.TablePrepared event) {
    StreamHandle handle = event.stream().orElseThrow();
    position = Position.after(handle.next().orElseThrow());
    recordTime = Optional.empty();
    updated = handle.serviceTime();
    recopies++;
    recopy.begin(event.segments(), handle.serviceTime());
    out.save(entry(), true);
    state = TableState.COPYING;
    recopy.start();
  }

  private void follow() {
    state = TableState.FOLLOWING;
    out.save(entry(), true);
    recopy.over();
    startSplit();
  }

  private void startSplit() {
    progress = Progress.RUNNING;
    out.accept(new Command.StartSplit(stream, position, WriteMode.STREAM, missed + 1));
  }

  private OfSplit entry() {
    return new OfSplit(stream, position, recordTime, updated, Optional.of(completeUntil));
  }

  void onDurable(Event.Durable event) {
    Optional<CopyPlan.Segment> part = recopy.part(event.splitId());
    if (part.isPresent()) {
      missed = 0;
      recopy.onDurable(part.get(), event);
      if (state == TableState.COPYING && !recopy.isUnderWay()) {
        completeUntil(updated.minus(MARGIN));
        out.tell(
            Level.INFO, "is equal to its documents in MongoDB again; its changes are followed");
        follow();
      }
      return;
    }
    found();
    position = event.position();
    updated = event.at();
    recordTime = event.recordTime().or(() -> recordTime);
    event.recordTime().ifPresent(this::completeUntil);
    out.save(entry(), false);
  }

  /** The stream was read to its newest change, and had nothing more for a while. */
  void onCaughtUp(Instant at) {
    if (state == TableState.FOLLOWING) {
      refusals = Optional.empty();
      completeUntil(at.minus(MARGIN));
      out.save(entry(), false);
    }
  }

  private void completeUntil(Instant time) {
    completeUntil = time.isAfter(completeUntil) ? time : completeUntil;
  }

  void onStreamFound(Event.StreamFound event) {
    whichStream.over();
    event.stream().ifPresent(this::onStreamSeen);
  }

  private void onStreamSeen(StreamHandle handle) {
    // While it is copied, what counts is the position that was noted before.
    window.seen(handle, recopy.isUnderWay() ? updated : completeUntil);
  }

  void onTick(Instant now) {
    tick = Optional.of(now);
    if (state == TableState.FOLLOWING || state == TableState.COPYING) {
      whichStream.ask();
    } else if (state == TableState.WAITING && recopy.isWanted() && !now.isBefore(recopy.begins())) {
      state = TableState.PREPARING;
      prepare();
    }
  }

  // --- faults --------------------------------------------------------------------------------

  /** Work for the table has ended with a fault, which may have been the look for its stream. */
  void onTableFault(Fault fault) {
    whichStream.over();
    onFault(fault, Optional.empty());
  }

  /**
   * @param splitId which split met it; empty if none did
   */
  void onFault(Fault fault, Optional<String> splitId) {
    if (state.isOver() || state == TableState.STOPPING) {
      return;
    }
    if (fault instanceof Fault.TableGone answer) {
      onTableGone(answer, splitId);
    } else if (fault instanceof Fault.StreamGone answer) {
      onStreamGone(answer);
    } else if (fault instanceof Fault.Gap gap) {
      fail(gap.within(completeUntil, updated).andSo(AFTER_GAP));
    } else {
      fail(fault);
    }
  }

  /**
   * MongoDB cannot go on from the position. One such answer proves nothing: members of a replica
   * set have oplogs of different lengths, and another one may become the primary.
   */
  private void onStreamGone(Fault.StreamGone answer) {
    refusals = Evidence.againSoon(refusals, answer.serviceTime());
    Evidence refused = refusals.orElseThrow();
    if (refused.isSettled(options.goneAfter())) {
      Fault.Gap gap =
          new Fault.Gap(answer.getMessage(), answer).within(completeUntil, answer.serviceTime());
      if (answer.isForeign()) {
        fail(gap.andSo(AFTER_GAP));
      } else if (options.resyncOnGap()) {
        // Not the time of the answer: the pause is over at a tick.
        copyAgain(gap, tick.orElse(answer.serviceTime()));
      } else {
        fail(gap.andSo(AFTER_LOST_POSITION));
      }
      return;
    }
    if (refused.answers() == Evidence.ENOUGH) {
      out.tell(Level.WARN, answer.getMessage() + ". It is tried again until it is clear");
    }
    missed = refused.answers();
    startSplit();
  }

  private void copyAgain(Fault.Gap gap, Instant now) {
    recopy.becauseOf(gap, now);
    out.tell(
        Level.WARN,
        gap.getMessage()
            + ". The table is made equal to its documents again"
            + recopy.afterPause()
            + ": every document is written to DynamoDB, and items whose document is gone are"
            + " deleted there (on_gap = resync). Changes made from now on are followed after that");
    state = TableState.STOPPING;
    progress = Progress.WAITING;
    out.accept(new Command.StopTable(out.table()));
  }

  /** No split of it runs any more. */
  void onStopped() {
    whichStream.over();
    if (state != TableState.STOPPING) {
      return;
    }
    found();
    boolean waits = !recopy.begins().equals(Instant.MIN);
    state = waits ? TableState.WAITING : TableState.PREPARING;
    if (!waits) {
      prepare();
    }
  }

  /** One such answer proves nothing. The table is looked for again, and listings must lack it. */
  private void onTableGone(Fault.TableGone answer, Optional<String> splitId) {
    gone = Optional.of(answer);
    missed++;
    if (state == TableState.PREPARING) {
      prepare();
    } else if (state == TableState.COPYING) {
      splitId.ifPresent(id -> recopy.startAgain(id, missed + 1));
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
        Stream.concat(
                Stream.of(new PlanView.SplitState(stream, progress, position, recordTime, updated)),
                recopy.view().stream())
            .toList(),
        failure,
        Optional.empty(),
        state.isOver() ? Optional.empty() : Optional.of(completeUntil),
        recopy.problem().stream().toList(),
        window.kept(),
        Optional.empty());
  }
}
