package io.nimoshake.core.engine;

import io.nimoshake.core.checkpoint.Checkpoint;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.port.CheckpointEntry;
import java.util.Collection;
import java.util.List;

/**
 * All that the plan has saved until now, stored already or not. A plan made from it continues here.
 * Holds only what counts: a sync of months forgets many thousands of shards. Not safe for use by
 * several threads.
 */
final class SavedEntries {
  private final Checkpoint checkpoint;

  /**
   * @param checkpoint takes what is saved
   */
  SavedEntries(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  /** Takes what an earlier run has stored. */
  void restore(Collection<CheckpointEntry> stored) {
    checkpoint.apply(stored);
    checkpoint.removedForgotten();
  }

  /** Takes what these commands save. */
  void note(List<Command> commands) {
    for (Command command : commands) {
      if (command instanceof Command.Save save) {
        checkpoint.apply(save.entry());
      }
    }
    // The store removes the records of these. Nothing else has to know of them.
    checkpoint.removedForgotten();
  }

  /** The last entry of every subject that was not forgotten since. */
  List<CheckpointEntry> entries() {
    return checkpoint.entries();
  }
}
