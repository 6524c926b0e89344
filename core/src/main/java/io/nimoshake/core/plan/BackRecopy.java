package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.plan.CopyPlan.Segment;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.WriteMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes a table of DynamoDB equal to its documents, because changes of them are lost. Every
 * document is written, and items whose document is gone are deleted. Meanwhile nothing is followed.
 * Changes that are made meanwhile are in the change stream after a position that was noted before,
 * so it converges whatever was read first.
 *
 * <p>In the checkpoint, its parts stand at their beginning before that position does. So a restart
 * that finds only some of them goes on from the old position, and finds again that it is lost. It
 * never goes on from the new one with a part missing.
 */
final class BackRecopy {
  private final PlanOutput out;

  /** Counts the gaps, and says how long to wait after gap after gap. */
  private final Recopy gaps = new Recopy();

  private final List<OfSplit> stored = new ArrayList<>();
  private Optional<CopyPlan> parts = Optional.empty();

  /** Whether a gap was found, and the new position is not noted yet. */
  private boolean wanted;

  BackRecopy(PlanOutput out) {
    this.out = out;
  }

  /** Takes a part from the checkpoint. */
  void restore(OfSplit part) {
    stored.add(part);
    int expected = totalStored() + 1;
    if (totalStored() > 0 && stored.size() == expected) {
      CopyPlan all = CopyPlan.ofRecopy(out, totalStored());
      stored.forEach(all::restore);
      parts = Optional.of(all);
    }
  }

  /** The number of segments of an earlier run: parts with another one would be left over. */
  private int totalStored() {
    return stored.stream()
        .map(OfSplit::split)
        .filter(Split.Leftovers.class::isInstance)
        .mapToInt(split -> ((Split.Leftovers) split).total())
        .findFirst()
        .orElse(0);
  }

  /** A gap was found: the table is to be copied again. */
  void becauseOf(Fault.Gap gap, Instant now) {
    gaps.found(gap, now);
    wanted = true;
  }

  /** Whether a new position has to be noted first. */
  boolean isWanted() {
    return wanted;
  }

  /** Whether its parts are read, or will be once the table is prepared. */
  boolean isUnderWay() {
    return parts.filter(all -> !all.isOver()).isPresent();
  }

  /** Not before this moment. */
  Instant begins() {
    return gaps.begins();
  }

  /** How long it waits, for the log. */
  String afterPause() {
    return gaps.afterPause();
  }

  Optional<String> problem() {
    return gaps.problem("copied again from MongoDB");
  }

  /** The position is noted, and is saved by the caller right after this. */
  void begin(int segments, Instant at) {
    wanted = false;
    int before = totalStored();
    CopyPlan all = CopyPlan.ofRecopy(out, before > 0 ? before : segments);
    parts = Optional.of(all);
    stored.clear();
    for (Segment part : all.segments()) {
      OfSplit entry = new OfSplit(part.split, Position.BEGINNING, Optional.empty(), at);
      stored.add(entry);
      out.save(entry, true);
    }
  }

  void start() {
    parts.orElseThrow().startAll(WriteMode.STREAM);
  }

  /** Starts a part again, where it was. */
  void startAgain(String splitId, int attempt) {
    part(splitId)
        .filter(part -> !part.isFinished())
        .ifPresent(part -> parts.orElseThrow().start(part, WriteMode.STREAM, attempt));
  }

  Optional<Segment> part(String splitId) {
    return parts.flatMap(all -> all.segment(splitId));
  }

  void onDurable(Segment part, Event.Durable event) {
    parts.orElseThrow().onDurable(part, event);
  }

  /** The table is equal to its documents, and followed again. Also what a crash has left. */
  void over() {
    stored.forEach(part -> out.forgetSplit(part.split().id(), true));
    stored.clear();
    parts = Optional.empty();
    gaps.done();
  }

  List<PlanView.SplitState> view() {
    return parts.map(all -> PlanView.parts(all, true)).orElse(List.of());
  }
}
