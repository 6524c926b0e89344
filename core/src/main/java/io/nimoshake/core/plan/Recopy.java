package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Copying a table again after a gap. The new copy is made beside the collection that is there, and
 * takes its place when it is complete. A table that has gap after gap waits longer before each
 * copy, or before each backfill.
 */
final class Recopy {
  /** A gap that comes sooner than this after the one before makes the next copy wait. */
  private static final Duration CALM = Duration.ofHours(24);

  private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  private boolean wanted;
  private Optional<Fault.Gap> gap = Optional.empty();

  /** Whether the gap is that the table was deleted and created again. */
  private boolean createdAgain;

  /** How many gaps there were, each within a day of the one before. */
  private int gaps;

  private Instant lastGap = Instant.MIN;

  /** Splits of the former copy. They stay in the checkpoint until the new copy begins. */
  private final Set<String> formerSplits = new LinkedHashSet<>();

  /** The checkpoint says that the table is to be copied again. */
  void restored() {
    wanted = true;
  }

  /** The table is copied again because of a gap. */
  void becauseOf(Fault.Gap found, Instant now) {
    found(found, now);
    wanted = true;
  }

  /** The table is copied again after all, because its gap could not be backfilled. */
  void insteadOfBackfill(Fault.Gap given) {
    gap = Optional.of(given);
    wanted = true;
  }

  /** A gap was found, and is repaired. */
  void found(Fault.Gap found, Instant now) {
    gap = Optional.of(found);
    gaps = gaps > 0 && now.isBefore(lastGap.plus(CALM)) ? gaps + 1 : 1;
    lastGap = now;
  }

  void becauseCreatedAgain() {
    createdAgain = true;
  }

  /** The gap is repaired. */
  void done() {
    wanted = false;
    gap = Optional.empty();
    createdAgain = false;
  }

  boolean isWanted() {
    return wanted;
  }

  boolean isBecauseCreatedAgain() {
    return createdAgain;
  }

  /** Why the table is repaired, if that was found since the process started. */
  Optional<Fault.Gap> gap() {
    return gap;
  }

  /** How many gaps there were, each within a day of the one before. */
  int gaps() {
    return gaps;
  }

  /** How long the copy has to wait after the gap: not at all, a minute, then twice as long. */
  Duration pause() {
    if (gaps < 2) {
      return Duration.ZERO;
    }
    Duration doubled = FIRST_PAUSE.multipliedBy(1L << Math.min(gaps - 2, 30));
    return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
  }

  /** The pause for the log, after what is done; empty if there is none. */
  String afterPause() {
    return pause().isZero()
        ? ""
        : " in "
            + pause().toMinutes()
            + " min, because there were "
            + gaps
            + " gaps, each within a day of the one before";
  }

  /** When the copy or the backfill may begin. */
  Instant begins() {
    return pause().isZero() ? Instant.MIN : lastGap.plus(pause());
  }

  /**
   * What the user has to know.
   *
   * @param repair what is done
   */
  Optional<String> problem(String repair) {
    return gap.isPresent() && gaps > 1
        ? Optional.of(
            "changes were lost "
                + gaps
                + " times, each within a day of the time before; it is "
                + repair
                + ", not before "
                + begins())
        : Optional.empty();
  }

  void addFormerSplit(String splitId) {
    formerSplits.add(splitId);
  }

  /**
   * Deletes from the checkpoint what it says of the former copy, split by split: at no moment may
   * the store know nothing of the table. After a crash it would then be taken for one that was
   * never copied, and the gap would be forgotten.
   */
  void forgetFormerSplits(PlanOutput out) {
    formerSplits.forEach(id -> out.forgetSplit(id, true));
    formerSplits.clear();
  }
}
