package io.nimoshake.core.plan;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Window;
import io.nimoshake.core.port.WriteMode;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * What is read of a table once, and how far each part is durable: the segments or files of its
 * copy, the files of one window of a {@link BackfillPlan}, or the parts of a {@link BackRecopy}. Of
 * files, only some are open at a time: each has a connection and buffers of its own.
 */
final class CopyPlan {
  private static final int FILES_AT_A_TIME = 16;

  private final Map<String, Segment> segments = new LinkedHashMap<>();
  private final PlanOutput out;
  private int unfinished;

  /** Files that wait for others to end. */
  private final Deque<Segment> waiting = new ArrayDeque<>();

  private WriteMode mode = WriteMode.COPY_REPLACE;
  private boolean restored;
  private int finishedBefore;

  /** Progress of one segment. */
  static final class Segment {
    final Split split;
    Position position = Position.BEGINNING;
    Instant updated = Instant.EPOCH;

    private Segment(Split split) {
      this.split = split;
    }

    boolean isFinished() {
      return position instanceof Position.End;
    }
  }

  /**
   * @param total number of segments; 0 where nothing is copied
   */
  CopyPlan(PlanOutput out, int total) {
    this(out, total, i -> new Split.ScanSegment(out.table(), i, total));
  }

  private CopyPlan(PlanOutput out, int total, IntFunction<Split> split) {
    this.out = out;
    for (int i = 0; i < total; i++) {
      Segment segment = new Segment(split.apply(i));
      segments.put(segment.split.id(), segment);
    }
    unfinished = total;
  }

  /** The copy of which a checkpoint entry tells. */
  static CopyPlan of(OfTable entry, PlanOutput out) {
    int total = entry.segments();
    return entry.export().isEmpty()
        ? new CopyPlan(out, total)
        : new CopyPlan(
            out, total, i -> new Split.ExportFile(out.table(), entry.export().get(), i, total));
  }

  /**
   * The files of a window of a backfill; none while its export is not complete.
   *
   * @param number of the window within its backfill, from 1
   */
  static CopyPlan of(Window window, int number, PlanOutput out) {
    return new CopyPlan(
        out,
        window.files(),
        i ->
            new Split.ChangeFile(
                out.table(), number, window.export().orElseThrow(), i, window.files()));
  }

  /**
   * What makes a table equal to its documents again, on the way back.
   *
   * @param total number of segments in which its items are looked through
   */
  static CopyPlan ofRecopy(PlanOutput out, int total) {
    return new CopyPlan(
        out,
        total + 1,
        i ->
            i == 0
                ? new Split.Documents(out.table())
                : new Split.Leftovers(out.table(), i - 1, total));
  }

  Collection<Segment> segments() {
    return segments.values();
  }

  Optional<Segment> segment(String splitId) {
    return Optional.ofNullable(segments.get(splitId));
  }

  /** When a part became durable for the last time; empty if none ever did. */
  Optional<Instant> updated() {
    return segments.values().stream()
        .map(segment -> segment.updated)
        .filter(Instant.EPOCH::isBefore)
        .max(Comparator.naturalOrder());
  }

  boolean isOver() {
    return unfinished == 0;
  }

  int finished() {
    return segments.size() - unfinished;
  }

  /**
   * Puts back a segment from a checkpoint, or forgets it if it is none of this copy. The entry of
   * the table comes after its segments if it has changed again before all were stored: a crash in
   * between may keep it from the store.
   */
  void restore(OfSplit entry) {
    Optional<Segment> segment =
        segment(entry.split().id()).filter(known -> known.split.equals(entry.split()));
    if (segment.isEmpty()) {
      out.forgetSplit(entry.split().id(), true);
      return;
    }
    moveTo(segment.get(), entry.position(), entry.updated());
    restored = true;
    finishedBefore += segment.get().isFinished() ? 1 : 0;
  }

  /** Segments that an earlier run had finished; empty if the copy began in this run. */
  Optional<Integer> finishedBefore() {
    return restored ? Optional.of(finishedBefore) : Optional.empty();
  }

  void startAll(WriteMode with) {
    mode = with;
    waiting.clear();
    int files = 0;
    for (Segment segment : segments.values()) {
      if (segment.isFinished()) {
        continue;
      }
      if (segment.split instanceof Split.OfExport && ++files > FILES_AT_A_TIME) {
        waiting.add(segment);
      } else {
        start(segment, mode, 1);
      }
    }
  }

  /** Starts a segment where it was. */
  void start(Segment segment, WriteMode mode, int attempt) {
    out.accept(new Command.StartSplit(segment.split, segment.position, mode, attempt));
  }

  void onDurable(Segment segment, Event.Durable event) {
    onDurable(segment, event.position(), event.at());
  }

  void onDurable(Segment segment, Position position, Instant at) {
    moveTo(segment, position, at);
    out.save(new OfSplit(segment.split, position, Optional.empty(), at), segment.isFinished());
    if (segment.isFinished() && !waiting.isEmpty()) {
      start(waiting.remove(), mode, 1);
    }
  }

  private void moveTo(Segment segment, Position position, Instant at) {
    segment.position = position;
    segment.updated = at;
    if (segment.isFinished()) {
      unfinished--;
    }
  }
}
