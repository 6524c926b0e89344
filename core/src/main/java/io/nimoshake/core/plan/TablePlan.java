package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Split.OfCopy;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.plan.Command.Level;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.Source.Export;
import io.nimoshake.core.port.WriteMode;
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
 *      |           |                             v
 *      |           +------------------------- SWAPPING    if the copy was made beside the old one
 *      |
 *   STOPPING <--- COPYING, FINISHING, FOLLOWING    a gap, and on_gap = resync
 *
 *   DONE     <--- PREPARING, FOLLOWING    the table was deleted
 *   WAITING  <--- DONE                    it was created again before it was ever copied
 *   STOPPING <--- DONE                    it was created again after that
 *   FAILED   <--- every other state       a fault that nothing here can mend
 * </pre>
 *
 * <p>After PREPARING the table goes on where {@link CheckpointEntry.Phase}, the part of this that
 * is stored, says: COPYING, FINISHING, SWAPPING, or COPIED, which is FOLLOWING or DONE.
 */
final class TablePlan {
  private final PlanOptions options;
  private final PlanOutput out;

  private TableState state = TableState.WAITING;
  private Optional<Fault> failure = Optional.empty();
  private CopyPlan copy;
  private Optional<StreamPlan> stream = Optional.empty();
  private final Recopy recopy = new Recopy();
  private final SavedTable saved;
  private final MissingTable missing;
  private final TableFaults faults;
  private final AwaitedExport export;

  TablePlan(String table, PlanOptions options, Consumer<Command> commands) {
    this.options = options;
    this.out = new PlanOutput(table, commands);
    this.copy = new CopyPlan(out, 0);
    this.saved = new SavedTable(options, out);
    this.missing = new MissingTable(this, options, out);
    this.faults = new TableFaults(this, options);
    this.export = new AwaitedExport(saved, out);
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

  CopyPlan copy() {
    return copy;
  }

  /** Whether its splits run. */
  boolean isRunning() {
    return switch (state) {
      case COPYING, FINISHING, FOLLOWING -> true;
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

  boolean takesCopyPlace() {
    return switch (state) {
      case PREPARING, COPYING, FINISHING, SWAPPING -> needsCopyPlaceNow();
      default -> false;
    };
  }

  private boolean needsCopyPlaceNow() {
    return saved.isIncomplete(copies());
  }

  private boolean copies() {
    return options.copy() || recopy.isWanted();
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
      recopy.restored();
      splits.forEach(split -> recopy.addFormerSplit(split.split().id()));
      return;
    }
    saved.restore(entry);
    copy = CopyPlan.of(entry, out);
    stream = streamOf(entry);
    for (OfSplit split : splits) {
      if (split.split() instanceof StreamShard) {
        stream.ifPresent(s -> s.restore(split));
      } else if (split.split() instanceof OfCopy) {
        copy.restore(split);
      }
    }
    stream.ifPresent(StreamPlan::restored);
  }

  private Optional<StreamPlan> streamOf(OfTable entry) {
    return entry.streams().isEmpty()
        ? Optional.empty()
        : Optional.of(new StreamPlan(this, options, out, entry));
  }

  // --- preparation ---------------------------------------------------------------------------

  void start() {
    state = TableState.PREPARING;
    prepare(1);
  }

  private void prepare(int attempt) {
    out.accept(
        new Command.PrepareTable(
            table(), saved.existing(recopy.isWanted()), options.stream(), attempt));
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
    switch (saved.entry().phase()) {
      case COPYING -> {
        state = TableState.COPYING;
        startStream();
        startSegments();
      }
      case FINISHING -> {
        state = TableState.FINISHING;
        startStream();
        finish();
      }
      case COPIED -> {
        state = options.stream() ? TableState.FOLLOWING : TableState.DONE;
        startStream();
      }
      case SWAPPING -> swap();
    }
  }

  private void startStream() {
    stream.ifPresent(StreamPlan::listShards);
    stream.ifPresent(StreamPlan::startShardsThatMayRun);
  }

  private void begin(Event.TablePrepared event) {
    boolean copies = copies();
    OfTable entry = saved.first(event, copies, recopy.isWanted());
    recopy.forgetFormerSplits(out);
    copy = CopyPlan.of(entry, out);
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

  private void startSegments() {
    if (state != TableState.COPYING) {
      return;
    }
    if (saved.entry().awaitsExport()) {
      export.await();
      return;
    }
    copy.startAll(copyMode());
    if (copy.isOver()) {
      copied();
    }
  }

  /** How far the export is from which it is to be copied. */
  void onExportSeen(Event.ExportSeen event) {
    if (state != TableState.COPYING || !export.isOf(event)) {
      return;
    }
    missing.onFound();
    if (event.export() instanceof Export.Ready ready) {
      export.ready(ready);
      copy = CopyPlan.of(saved.entry(), out);
      if (ready.files() == 0) {
        copied();
      } else {
        startSegments();
      }
    } else if (event.export() instanceof Export.Pending pending) {
      export.pending(pending);
    } else if (event.export() instanceof Export.Failed failed) {
      export.failed(failed);
      fail(new Fault.TableFailed(failed.reason(), null));
    }
  }

  /** What it waits for before its items can be read, for people. */
  Optional<String> awaits() {
    return state == TableState.COPYING && saved.entry().awaitsExport()
        ? Optional.of(export.progress())
        : Optional.empty();
  }

  private WriteMode copyMode() {
    return mayLeaveTombstones() ? WriteMode.COPY_IF_ABSENT : WriteMode.COPY_REPLACE;
  }

  /** Whether deletes leave tombstones while the copy runs, so that shards may run beside it. */
  boolean mayLeaveTombstones() {
    return options.insertIfAbsent() && saved.isFresh();
  }

  private void copied() {
    saved.save(Phase.FINISHING);
    state = TableState.FINISHING;
    if (stream.isPresent() && stream.get().hasStartedShards()) {
      out.accept(new Command.DeleteForReal(table()));
    } else {
      beginFinishing();
    }
  }

  void onDeletesAreReal() {
    if (state == TableState.FINISHING) {
      beginFinishing();
    }
  }

  private void beginFinishing() {
    stream.ifPresent(StreamPlan::startShardsThatMayRun);
    finish();
  }

  private void finish() {
    if (state != TableState.FINISHING) {
      return;
    }
    // The stream is read while an export is made, even if that has no file in the end.
    boolean copied = !copy.segments().isEmpty() || saved.entry().export().isPresent();
    boolean purge = stream.isPresent() && mayLeaveTombstones() && copied;
    out.accept(new Command.FinishTable(table(), purge));
  }

  void onFinished() {
    if (state != TableState.FINISHING) {
      return;
    }
    if (saved.entry().beside()) {
      // No write may be under way during the swap. When all have ended, onStopped goes on.
      state = TableState.SWAPPING;
      out.accept(new Command.StopTable(table()));
    } else {
      saved.save(Phase.COPIED);
      state = options.stream() && !options.schemaOnly() ? TableState.FOLLOWING : TableState.DONE;
    }
  }

  private void swap() {
    state = TableState.SWAPPING;
    saved.save(Phase.SWAPPING);
    out.accept(new Command.SwapTable(table()));
  }

  void onSwapped() {
    if (state == TableState.SWAPPING) {
      missing.onFound();
      recopy.done();
      saved.save(saved.entry().swappedIn());
      out.tell(Level.INFO, "the new copy has taken the place of the old one");
      start();
    }
  }

  // --- progress, time and faults -------------------------------------------------------------

  void onDurable(Event.Durable event) {
    stream.ifPresent(s -> s.heardOf(event.at()));
    Optional<CopyPlan.Segment> segment = copy.segment(event.splitId());
    if (segment.isPresent()) {
      missing.onFound();
      copy.onDurable(segment.get(), event);
      if (copy.isOver() && state == TableState.COPYING) {
        copied();
      }
    } else {
      stream.ifPresent(s -> s.onDurable(event));
    }
  }

  void onSplitFault(Event.SplitFault event) {
    faults.onFault(event.fault(), Optional.of(event.splitId()));
  }

  /** Work for the table has ended with a fault; a gap comes from a listing of its shards. */
  void onTableFault(Fault fault) {
    if (fault instanceof Fault.Gap) {
      stream.ifPresent(StreamPlan::onListingFailed);
    }
    onFault(fault);
  }

  void onFault(Fault fault) {
    faults.onFault(fault, Optional.empty());
  }

  /** What was answered that there is no such table is tried again. */
  void tryAgain(Optional<String> splitId, int attempt) {
    if (splitId.isPresent()) {
      startAgain(splitId.get(), attempt);
    } else if (state == TableState.PREPARING) {
      prepare(attempt);
    } else if (state == TableState.SWAPPING) {
      out.accept(new Command.SwapTable(table(), attempt));
    } else if (state == TableState.COPYING && saved.entry().awaitsExport()) {
      export.askAgain(attempt);
    }
  }

  private void startAgain(String splitId, int attempt) {
    Optional<CopyPlan.Segment> segment = copy.segment(splitId);
    if (segment.isEmpty()) {
      stream.ifPresent(s -> s.startAgain(splitId, attempt));
    } else if (state == TableState.COPYING) {
      copy.start(segment.get(), copyMode(), attempt);
    }
  }

  /** The table does not exist any more. */
  void onGone(Fault.TableGone gone) {
    boolean neverCopied = saved.isEmpty() && !recopy.isWanted();
    if (state == TableState.PREPARING && (neverCopied || recopy.isBecauseCreatedAgain())) {
      onDeleted();
    } else if (recopy.gap().isPresent()) {
      faults.decide(
          new Fault.TableFailed(recopy.gap().get().getMessage() + "; " + gone.getMessage(), gone));
    } else {
      faults.decide(gone);
    }
  }

  /** See {@link SavedTable#obstacleToCopyAgain}. */
  Optional<String> obstacleToCopyAgain() {
    return saved.obstacleToCopyAgain();
  }

  /** Stops everything, to copy the table again. */
  void copyAgain(Fault.Gap gap) {
    recopy.becauseOf(gap, stream.orElseThrow().latest());
    out.tell(Level.WARN, gap.getMessage() + "; the table is copied again" + recopy.afterPause());
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
    if (state == TableState.SWAPPING) {
      stream.ifPresent(StreamPlan::onStopped);
      swap();
    } else if (state == TableState.STOPPING) {
      forgetForResync();
    }
  }

  private void forgetForResync() {
    copy.segments().forEach(segment -> recopy.addFormerSplit(segment.split.id()));
    stream.ifPresent(s -> s.graph().nodes().forEach(n -> recopy.addFormerSplit(n.shard.id())));
    saved.beginAnew();
    copy = new CopyPlan(out, 0);
    stream = Optional.empty();
    state = TableState.WAITING;
  }

  // --- tables that come and go ---------------------------------------------------------------

  MissingTable missing() {
    return missing;
  }

  /** What is wrong with the table, as far as the user has to know it. */
  List<String> problems() {
    if (state.isOver()) {
      return List.of();
    }
    List<String> problems = new ArrayList<>();
    recopy.problem().ifPresent(problems::add);
    missing.problem().ifPresent(problems::add);
    stream.ifPresent(s -> problems.addAll(s.problems()));
    return problems;
  }

  /** Whether its preparation may begin now. A table with gap after gap has to wait. */
  boolean mayStart(Optional<Instant> now) {
    Instant begins = recopy.begins();
    return begins.equals(Instant.MIN) || now.filter(at -> !at.isBefore(begins)).isPresent();
  }

  /** The table was deleted, and nothing is left of it to be read. Its documents stay. */
  void onDeleted() {
    if (state != TableState.FOLLOWING && state != TableState.PREPARING) {
      return;
    }
    boolean copied = state == TableState.FOLLOWING;
    missing.deleted();
    state = TableState.DONE;
    out.tell(
        Level.WARN,
        copied
            ? "was deleted. Its stream was read to the end. Its documents stay in the target"
            : "was deleted before its copy began");
  }

  /** It was deleted, and is there again: another table of the same name. */
  void onCreatedAgain() {
    if (saved.isEmpty()) {
      state = TableState.WAITING;
    } else {
      state = TableState.FOLLOWING;
      recopy.becauseCreatedAgain();
      onFault(new Fault.Gap("table " + table() + " was deleted and created again", null));
    }
  }
}
