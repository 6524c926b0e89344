package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.Split.ChangeFile;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.plan.Command.Level;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The decisions about one table, from its preparation over the copy to its stream.
 *
 * <pre>
 *   WAITING ---> PREPARING ---> COPYING ---> FINISHING -+-> FOLLOWING  if streams are followed
 *      ^           ^  |                       ^  |      +-> DONE       if not
 *      |           |  +---- on a restart -----+  |
 *      |           |  |                          v
 *      |           +--|---------------------- SWAPPING    if the copy was made beside the old one
 *      |              |
 *      |              +---> BACKFILLING ---> FOLLOWING    if the gap is backfilled
 *      |
 *   STOPPING <--- COPYING, FINISHING, FOLLOWING    a gap, and on_gap = resync or backfill
 *   STOPPING <--- BACKFILLING                      it cannot be had: on_gap.fallback = resync
 *
 *   DONE     <--- PREPARING, FOLLOWING    the table was deleted
 *   WAITING  <--- PREPARING               it was held up, and others have taken its place
 *   WAITING  <--- DONE                    it was created again before it was ever copied
 *   STOPPING <--- DONE                    it was created again after that
 *   FAILED   <--- every other state       a fault that nothing here can mend
 * </pre>
 *
 * <p>After PREPARING the table goes on where {@link CheckpointEntry.Phase}, the part of this that
 * is stored, says: COPYING, FINISHING, SWAPPING, BACKFILLING, or COPIED, which is FOLLOWING or
 * DONE.
 */
final class TablePlan {
  private final PlanOptions options;
  private final PlanOutput out;

  private TableState state = TableState.WAITING;
  private final Preparation preparation = new Preparation();
  private Optional<Fault> failure = Optional.empty();
  private final TableCopy copy;
  private Optional<StreamPlan> stream = Optional.empty();
  private final SavedTable saved;
  private final GapRepair repair;
  private final MissingTable missing;
  private final TableFaults faults;
  private final Question whichStream;

  TablePlan(String table, PlanOptions options, Consumer<Command> commands) {
    this.options = options;
    this.out = new PlanOutput(table, commands);
    this.saved = new SavedTable(options, out);
    this.copy = new TableCopy(this, options, out, saved);
    this.repair = new GapRepair(this, options, out, saved);
    this.missing = new MissingTable(this, options, out, saved);
    this.faults = new TableFaults(this);
    this.whichStream = new Question(commands, new Command.FindStream(table));
  }

  // --- what others may see -------------------------------------------------------------------

  String table() {
    return out.table();
  }

  TableState state() {
    return state;
  }

  Optional<Fault> failure() {
    return failure;
  }

  Optional<StreamPlan> stream() {
    return stream;
  }

  TableCopy copy() {
    return copy;
  }

  GapRepair repair() {
    return repair;
  }

  MissingTable missing() {
    return missing;
  }

  /** Asks which stream the table has now. */
  Question whichStream() {
    return whichStream;
  }

  /** Whether its splits run. */
  boolean isRunning() {
    return switch (state) {
      case COPYING, FINISHING, FOLLOWING, BACKFILLING -> true;
      case WAITING, PREPARING, SWAPPING, DONE, STOPPING, FAILED -> false;
    };
  }

  /** Whether its items are in the target, or never will be. */
  boolean isPastCopy() {
    return state.isCopied() || state == TableState.FAILED;
  }

  /** Whether it takes one of the places of {@code full.concurrency} when it is started. */
  boolean needsCopy() {
    return saved.isToBeCopied(copies());
  }

  /** Whether the checkpoint knows how far it is. */
  boolean hasBegun() {
    return !saved.isEmpty();
  }

  /** Whether its preparation takes so long that others may have taken its place. */
  boolean isHeldUp() {
    return state == TableState.PREPARING && preparation.isHeldUp() && needsCopy();
  }

  boolean takesCopyPlace() {
    return switch (state) {
      case PREPARING -> !preparation.isHeldUp() && saved.isIncomplete(copies());
      case COPYING, FINISHING, SWAPPING -> saved.isIncomplete(copies());
      case WAITING, FOLLOWING, BACKFILLING, DONE, STOPPING, FAILED -> false;
    };
  }

  private boolean copies() {
    return options.copy() || repair.recopy().isWanted();
  }

  // --- from the checkpoint -------------------------------------------------------------------

  void restore(OfTable entry, List<OfSplit> splits) {
    if (options.stream() && entry.started().isEmpty()) {
      out.tell(
          Level.WARN,
          "its checkpoint is of a copy without a stream, so the changes since then are unknown: it"
              + " is copied from the start");
      out.save(new CheckpointEntry.TableForgotten(table()));
      return;
    }
    if (SavedTable.isToBeginAnew(entry)) {
      repair.recopy().restored();
      splits.forEach(split -> repair.recopy().addFormerSplit(split.split().id()));
      return;
    }
    saved.restore(entry);
    copy.begin(entry);
    stream = streamOf(entry);
    if (entry.backfill().isPresent()) {
      repair.restore();
    }
    for (OfSplit split : splits) {
      if (split.split() instanceof Split.OfCopy && !(split.split() instanceof Split.OfRecopy)) {
        copy.parts().restore(split);
      } else if (split.split() instanceof StreamShard && stream.isPresent()) {
        stream.get().restore(split);
      } else if (split.split() instanceof ChangeFile && repair.backfill().isPresent()) {
        repair.backfill().get().restore(split);
      } else {
        // It does not count any more. A crash has kept it from being forgotten.
        out.forgetSplit(split.split().id(), true);
      }
    }
    stream.ifPresent(StreamPlan::restored);
  }

  private Optional<StreamPlan> streamOf(OfTable entry) {
    return entry.streams().isEmpty() || entry.backfill().isPresent()
        ? Optional.empty()
        : Optional.of(new StreamPlan(this, options, out, entry));
  }

  // --- preparation ---------------------------------------------------------------------------

  void start() {
    if (!repair.isUnwanted()) {
      state = TableState.PREPARING;
      preparation.begins();
      prepare(1);
    }
  }

  void prepare(int attempt) {
    out.accept(
        new Command.PrepareTable(
            table(), saved.existing(repair.recopy().isWanted()), options.stream(), attempt));
  }

  /** It is prepared, and others have all places. When it starts, it is prepared again. */
  void waitAgain() {
    state = TableState.WAITING;
    out.tell(
        Level.INFO,
        "could not be prepared for minutes. Other tables are copied instead, and it waits for them");
  }

  void onPrepared(Event.TablePrepared event) {
    if (state != TableState.PREPARING) {
      return;
    }
    missing.onFound();
    if (saved.isEmpty()) {
      begin(event);
    }
    event.stream().ifPresent(handle -> stream.ifPresent(s -> s.onStreamSeen(handle)));
    copy.end().onPrepared();
    switch (saved.entry().phase()) {
      case COPYING -> {
        state = TableState.COPYING;
        startStream();
        copy.start();
      }
      case FINISHING -> {
        state = TableState.FINISHING;
        startStream();
        copy.end().finish();
      }
      case COPIED -> {
        state = options.stream() ? TableState.FOLLOWING : TableState.DONE;
        startStream();
      }
      case SWAPPING -> copy.end().swap();
      case BACKFILLING -> {
        state = options.stream() ? TableState.BACKFILLING : TableState.DONE;
        event.stream().ifPresent(repair.backfill().orElseThrow()::start);
      }
    }
  }

  private void startStream() {
    stream.ifPresent(StreamPlan::listShards);
    stream.ifPresent(StreamPlan::startShardsThatMayRun);
  }

  private void begin(Event.TablePrepared event) {
    boolean copies = copies();
    OfTable entry = saved.first(event, copies, repair.recopy().isWanted());
    repair.recopy().forgetFormerSplits(out);
    copy.begin(entry);
    stream = streamOf(entry);
    saved.save(entry);
    if (!copies) {
      out.tell(
          Level.INFO,
          "has no checkpoint and sync_mode is incr: no item is copied, changes are followed from "
              + entry.started().orElseThrow()
              + " on");
    }
  }

  // --- copy ----------------------------------------------------------------------------------

  /** Whether deletes leave tombstones while the copy runs, so that shards may run beside it. */
  boolean mayLeaveTombstones() {
    return options.insertIfAbsent() && saved.isFresh();
  }

  void onSwapped() {
    if (state == TableState.SWAPPING) {
      missing.onFound();
      repair.recopy().done();
      copy.end().onSwapped();
      start();
    }
  }

  /** For the classes that make its decisions. */
  void become(TableState next) {
    state = next;
  }

  /** Follows the stream of the checkpoint's entry from its beginning, as after a copy. */
  void follow(Instant now) {
    stream = streamOf(saved.entry());
    stream.ifPresent(s -> s.heardOf(now));
    state = TableState.FOLLOWING;
    startStream();
  }

  // --- progress, time and faults -------------------------------------------------------------

  void onDurable(Event.Durable event) {
    stream.ifPresent(s -> s.passed(event.at()));
    Optional<CopyPlan.Segment> segment = copy.parts().segment(event.splitId());
    Optional<CopyPlan.Segment> file = changeFile(event.splitId());
    if (segment.isPresent()) {
      missing.onFound();
      copy.onDurable(segment.get(), event);
    } else if (file.isPresent()) {
      missing.onFound();
      repair.backfill().orElseThrow().onDurable(file.get(), event);
      if (state == TableState.BACKFILLING) {
        repair.backfill().orElseThrow().endWindow();
      }
    } else {
      stream.ifPresent(s -> s.onDurable(event));
    }
  }

  /** The file of the backfill with this id; empty if there is none, or no backfill. */
  Optional<CopyPlan.Segment> changeFile(String splitId) {
    return repair.backfill().flatMap(backfill -> backfill.files().segment(splitId));
  }

  /** Time has passed. */
  void onTick(Event.Tick event) {
    if (state == TableState.PREPARING) {
      preparation.goesOn(event.host());
    }
    stream.ifPresent(s -> s.onTick(event.now()));
    repair.backfill().ifPresent(backfill -> backfill.onTick(event.host()));
  }

  void onSplitFault(Event.SplitFault event) {
    faults.onFault(event.fault(), Optional.of(event.splitId()));
  }

  void onStreamFound(Event.StreamFound event) {
    whichStream.over();
    stream.ifPresent(s -> s.onStreamFound(event));
  }

  /**
   * Work for the table has ended with a fault; a gap comes from a listing of its shards. It may
   * have been any work: asking once too often is better than never again.
   */
  void onTableFault(Fault fault) {
    whichStream.over();
    if (fault instanceof Fault.Gap) {
      stream.ifPresent(StreamPlan::onListingFailed);
    }
    onFault(fault);
  }

  void onFault(Fault fault) {
    faults.onFault(fault, Optional.empty());
  }

  /** A fault about which nothing is asked again. */
  void decide(Fault fault) {
    faults.decide(fault);
  }

  /** Stops everything. When nothing is under way any more, {@link GapRepair} goes on. */
  void stop() {
    state = TableState.STOPPING;
    out.accept(new Command.StopTable(table()));
  }

  void fail(Fault fault) {
    failure = Optional.of(fault);
    state = TableState.FAILED;
    out.accept(new Command.GiveUp(table(), fault));
    out.accept(new Command.StopTable(table()));
  }

  void onStopped() {
    whichStream.over();
    if (state == TableState.SWAPPING) {
      stream.ifPresent(StreamPlan::onStopped);
      copy.end().swap();
    } else if (state == TableState.STOPPING) {
      repair.onStopped();
      if (repair.backfill().isEmpty()) {
        copy.forget();
      }
      stream = Optional.empty();
      state = TableState.WAITING;
    }
  }

  /** What is wrong with the table, as far as the user has to know it. */
  List<String> problems() {
    if (state.isOver()) {
      return List.of();
    }
    List<String> problems = new ArrayList<>();
    repair.problem().ifPresent(problems::add);
    missing.problem().ifPresent(problems::add);
    stream.ifPresent(s -> problems.addAll(s.problems()));
    return problems;
  }
}
