package io.nimoshake.core.plan;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.WriteMode;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The copy half of a table's plan: its segments or files of an export, and how far each is durable.
 * Of files, only some are open at a time: each has a connection and buffers of its own.
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
    final Split.OfCopy split;
    Position position = Position.BEGINNING;
    Instant updated = Instant.EPOCH;

    private Segment(Split.OfCopy split) {
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
    this(out, total, Optional.empty());
  }

  private CopyPlan(PlanOutput out, int total, Optional<String> export) {
    this.out = out;
    for (int i = 0; i < total; i++) {
      Split.OfCopy split =
          export.isPresent()
              ? new Split.ExportFile(out.table(), export.get(), i, total)
              : new Split.ScanSegment(out.table(), i, total);
      segments.put(split.id(), new Segment(split));
    }
    unfinished = total;
  }

  /** The copy of which a checkpoint entry tells. */
  static CopyPlan of(OfTable entry, PlanOutput out) {
    return new CopyPlan(out, entry.segments(), entry.export());
  }

  Collection<Segment> segments() {
    return segments.values();
  }

  Optional<Segment> segment(String splitId) {
    return Optional.ofNullable(segments.get(splitId));
  }

  boolean isOver() {
    return unfinished == 0;
  }

  /** Puts back a segment from a checkpoint. */
  void restore(OfSplit entry) {
    Segment segment = segments.get(entry.split().id());
    moveTo(segment, entry.position(), entry.updated());
    restored = true;
    finishedBefore += segment.isFinished() ? 1 : 0;
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
      if (segment.split instanceof Split.ExportFile && ++files > FILES_AT_A_TIME) {
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
    moveTo(segment, event.position(), event.at());
    out.save(
        new OfSplit(segment.split, event.position(), Optional.empty(), event.at()),
        segment.isFinished());
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
