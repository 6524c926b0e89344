package io.nimoshake.core.plan;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.ScanSegment;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.WriteMode;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The copy half of a table's plan: its segments, and how far each is durable. */
final class CopyPlan {
  private final Map<String, Segment> segments = new LinkedHashMap<>();
  private final PlanOutput out;
  private int unfinished;
  private boolean restored;
  private int finishedBefore;

  /** Progress of one segment. */
  static final class Segment {
    final ScanSegment split;
    Position position = Position.BEGINNING;
    Instant updated = Instant.EPOCH;

    private Segment(ScanSegment split) {
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
    this.out = out;
    for (int i = 0; i < total; i++) {
      ScanSegment split = new ScanSegment(out.table(), i, total);
      segments.put(split.id(), new Segment(split));
    }
    unfinished = total;
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

  void startAll(WriteMode mode) {
    for (Segment segment : segments.values()) {
      if (!segment.isFinished()) {
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
  }

  private void moveTo(Segment segment, Position position, Instant at) {
    segment.position = position;
    segment.updated = at;
    if (segment.isFinished()) {
      unfinished--;
    }
  }
}
