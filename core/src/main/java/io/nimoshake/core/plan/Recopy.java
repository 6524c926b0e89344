package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Copying a table again after a gap. The new copy is made beside the collection that is there, and
 * takes its place when it is complete.
 */
final class Recopy {
  private boolean wanted;
  private Optional<Fault.Gap> gap = Optional.empty();

  /** Splits of the former copy. They stay in the checkpoint until the new copy begins. */
  private final Set<String> formerSplits = new LinkedHashSet<>();

  /** The checkpoint says that the table is to be copied again. */
  void restored() {
    wanted = true;
  }

  void becauseOf(Fault.Gap found) {
    wanted = true;
    gap = Optional.of(found);
  }

  /** The new copy is in place. */
  void done() {
    wanted = false;
    gap = Optional.empty();
  }

  boolean isWanted() {
    return wanted;
  }

  /** Why the table is copied again, if that was found since the process started. */
  Optional<Fault.Gap> gap() {
    return gap;
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
