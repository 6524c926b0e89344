package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.plan.Command.Level;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.core.port.WriteMode;
import java.time.Instant;
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
  private Optional<OfTable> saved = Optional.empty();
  private Optional<Fault> failure = Optional.empty();
  private CopyPlan copy;
  private Optional<StreamPlan> stream = Optional.empty();
  private final Recopy recopy = new Recopy();
  private final Presence presence = new Presence();

  TablePlan(String table, PlanOptions options, Consumer<Command> commands) {
    this.options = options;
    this.out = new PlanOutput(table, commands);
    this.copy = new CopyPlan(out, 0);
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
    return copies() && saved.map(entry -> entry.phase() == Phase.COPYING).orElse(true);
  }

  boolean takesCopyPlace() {
    return switch (state) {
      case PREPARING, COPYING, FINISHING, SWAPPING -> needsCopyPlaceNow();
      default -> false;
    };
  }

  private boolean needsCopyPlaceNow() {
    return saved.map(entry -> entry.phase() != Phase.COPIED).orElse(copies());
  }

  private boolean copies() {
    return options.copy() || recopy.isWanted();
  }

  // --- from the checkpoint -------------------------------------------------------------------

  void restore(OfTable entry, List<OfSplit> splits) {
    if (options.stream() && entry.started().isEmpty()) {
      out.tell(
          Level.WARN,
          "its checkpoint is of a copy without a stream, so the changes since then are unknown: it is"
              + " copied from the start");
      out.save(new CheckpointEntry.TableForgotten(table()));
      return;
    }
    if (isToBeginAnew(entry)) {
      recopy.restored();
      splits.forEach(split -> recopy.addFormerSplit(split.split().id()));
      return;
    }
    saved = Optional.of(entry);
    copy = new CopyPlan(out, entry.segments());
    stream = streamOf(entry);
    for (OfSplit split : splits) {
      if (split.split() instanceof StreamShard) {
        stream.ifPresent(s -> s.restore(split));
      } else {
        copy.restore(split);
      }
    }
    stream.ifPresent(StreamPlan::restored);
  }

  private static boolean isToBeginAnew(OfTable entry) {
    return entry.beside() && entry.phase() == Phase.COPYING && entry.segments() == 0;
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
    out.accept(new Command.PrepareTable(table(), existing(), options.stream(), attempt));
  }

  private Existing existing() {
    if (saved.isPresent()) {
      return saved.get().beside() ? Existing.RESUME_BESIDE : Existing.RESUME;
    } else if (recopy.isWanted()) {
      return Existing.BESIDE;
    }
    return options.copy() ? options.existing() : Existing.KEEP;
  }

  void onPrepared(Event.TablePrepared event) {
    if (state != TableState.PREPARING) {
      return;
    }
    presence.onFound();
    if (saved.isEmpty()) {
      begin(event);
    }
    event.stream().ifPresent(handle -> stream.ifPresent(s -> s.onStreamSeen(handle)));
    switch (saved.orElseThrow().phase()) {
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
    int total = copies && !options.schemaOnly() ? event.segments() : 0;
    Phase phase = !copies ? Phase.COPIED : total == 0 ? Phase.FINISHING : Phase.COPYING;
    OfTable entry =
        new OfTable(
            table(),
            phase,
            event.stream().map(handle -> handle.serviceTime()),
            event.stream().map(handle -> List.of(handle.arn())).orElse(List.of()),
            total,
            event.fresh(),
            recopy.isWanted());
    recopy.forgetFormerSplits(out);
    copy = new CopyPlan(out, total);
    stream = streamOf(entry);
    save(entry);
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
    copy.startAll(copyMode());
    if (copy.isOver()) {
      copied();
    }
  }

  private WriteMode copyMode() {
    return mayLeaveTombstones() ? WriteMode.COPY_IF_ABSENT : WriteMode.COPY_REPLACE;
  }

  /** Whether deletes leave tombstones while the copy runs, so that shards may run beside it. */
  boolean mayLeaveTombstones() {
    return options.insertIfAbsent() && saved.orElseThrow().fresh();
  }

  private void copied() {
    OfTable entry = saved.orElseThrow();
    save(entry.withPhase(Phase.FINISHING));
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
    boolean purge = stream.isPresent() && mayLeaveTombstones() && !copy.segments().isEmpty();
    out.accept(new Command.FinishTable(table(), purge));
  }

  void onFinished() {
    if (state != TableState.FINISHING) {
      return;
    }
    OfTable entry = saved.orElseThrow();
    if (entry.beside()) {
      // No write may be under way during the swap. When all have ended, onStopped goes on.
      state = TableState.SWAPPING;
      out.accept(new Command.StopTable(table()));
    } else {
      save(entry.withPhase(Phase.COPIED));
      state = options.stream() && !options.schemaOnly() ? TableState.FOLLOWING : TableState.DONE;
    }
  }

  private void swap() {
    state = TableState.SWAPPING;
    save(saved.orElseThrow().withPhase(Phase.SWAPPING));
    out.accept(new Command.SwapTable(table()));
  }

  void onSwapped() {
    if (state == TableState.SWAPPING) {
      presence.onFound();
      recopy.done();
      save(saved.orElseThrow().swappedIn());
      out.tell(Level.INFO, "the new copy has taken the place of the old one");
      start();
    }
  }

  // --- progress, time and faults -------------------------------------------------------------

  void onDurable(Event.Durable event) {
    stream.ifPresent(s -> s.heardOf(event.at()));
    Optional<CopyPlan.Segment> segment = copy.segment(event.splitId());
    if (segment.isPresent()) {
      presence.onFound();
      copy.onDurable(segment.get(), event);
      if (copy.isOver() && state == TableState.COPYING) {
        copied();
      }
    } else {
      stream.ifPresent(s -> s.onDurable(event));
    }
  }

  void onSplitFault(Event.SplitFault event) {
    onFault(event.fault(), Optional.of(event.splitId()));
  }

  /** Work for the table has ended with a fault; a gap comes from a listing of its shards. */
  void onTableFault(Fault fault) {
    if (fault instanceof Fault.Gap) {
      stream.ifPresent(StreamPlan::onListingFailed);
    }
    onFault(fault);
  }

  void onFault(Fault fault) {
    onFault(fault, Optional.empty());
  }

  private void onFault(Fault fault, Optional<String> splitId) {
    if (fault instanceof Fault.Gap found) {
      // Without a stream plan the table waits to be copied again already.
      stream.ifPresent(s -> handle(s.withSpan(found, splitId)));
    } else if (fault instanceof Fault.SplitGone gone && splitId.flatMap(copy::segment).isEmpty()) {
      stream.ifPresent(s -> s.onSplitGone(splitId.orElseThrow(), gone));
    } else if (fault instanceof Fault.StreamGone gone) {
      stream.ifPresent(s -> s.onStreamGone(gone));
    } else if (fault instanceof Fault.TableGone gone) {
      onTableGone(gone, splitId);
    } else {
      handle(fault);
    }
  }

  /** A call was answered that there is no such table. */
  private void onTableGone(Fault.TableGone gone, Optional<String> splitId) {
    if (state.isOver() || state == TableState.STOPPING) {
      return;
    }
    int answers = presence.onNotFound();
    if (presence.isGone()) {
      deleted(gone);
      return;
    }
    if (answers == Evidence.ENOUGH) {
      out.tell(
          Level.WARN,
          gone.getMessage()
              + ". It is tried again until it is clear whether the table was deleted");
    }
    if (splitId.isPresent()) {
      startAgain(splitId.get(), answers + 1);
    } else if (state == TableState.PREPARING) {
      prepare(answers + 1);
    } else if (state == TableState.SWAPPING) {
      out.accept(new Command.SwapTable(table(), answers + 1));
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
  private void deleted(Fault.TableGone gone) {
    boolean neverCopied = saved.isEmpty() && !recopy.isWanted();
    if (state == TableState.PREPARING && (neverCopied || recopy.isBecauseCreatedAgain())) {
      onDeleted();
    } else if (recopy.gap().isPresent()) {
      handle(
          new Fault.TableFailed(recopy.gap().get().getMessage() + "; " + gone.getMessage(), gone));
    } else {
      handle(gone);
    }
  }

  private void handle(Fault fault) {
    if (state.isOver() || state == TableState.STOPPING) {
      return;
    }
    if (fault instanceof Fault.Gap
        && (state == TableState.SWAPPING || state == TableState.PREPARING)) {
      // It comes from a listing that was asked for before. Nothing is read now, and the next
      // reader or listing finds the gap again. A second preparation must not begin beside this one.
      return;
    }
    if (fault instanceof Fault.Gap found && options.resyncOnGap() && canResync()) {
      recopy.becauseOf(found, stream.orElseThrow().latest());
      out.tell(Level.WARN, fault.getMessage() + "; the table is copied again" + afterPause());
      state = TableState.STOPPING;
    } else {
      failure = Optional.of(fault);
      state = TableState.FAILED;
      out.accept(new Command.GiveUp(table(), fault));
    }
    out.accept(new Command.StopTable(table()));
  }

  private String afterPause() {
    return recopy.pause().isZero()
        ? ""
        : " in "
            + recopy.pause().toMinutes()
            + " minutes, because these are "
            + recopy.gaps()
            + " gaps, each within a day of the one before";
  }

  /** A new copy cannot replace a collection in which others have documents. */
  private boolean canResync() {
    return options.swap() && saved.map(OfTable::fresh).orElse(false);
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
    save(saved.orElseThrow().toBeginAnew());
    saved = Optional.empty();
    copy = new CopyPlan(out, 0);
    stream = Optional.empty();
    state = TableState.WAITING;
  }

  // --- tables that come and go ---------------------------------------------------------------

  /** Tables were listed, and it was among them or not. */
  void onListed(boolean present, Optional<Instant> now) {
    if (presence.onListed(present, now)) {
      comeBack();
    }
  }

  Presence presence() {
    return presence;
  }

  /** Listings of tables lack the table, and it has no stream any more. */
  void onMissing() {
    presence.onNotFound();
    if (presence.isGone()) {
      onDeleted();
    }
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
    presence.deleted();
    state = TableState.DONE;
    out.tell(
        Level.WARN,
        copied
            ? "was deleted. Its stream was read to the end. Its documents stay in the target"
            : "was deleted before its copy began");
  }

  private void comeBack() {
    if (saved.isEmpty()) {
      state = TableState.WAITING;
    } else {
      state = TableState.FOLLOWING;
      recopy.becauseCreatedAgain();
      onFault(new Fault.Gap("table " + table() + " was deleted and created again", null));
    }
  }

  private void save(OfTable entry) {
    saved = Optional.of(entry);
    out.save(entry);
  }
}
