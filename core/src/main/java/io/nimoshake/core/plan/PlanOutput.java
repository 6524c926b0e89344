package io.nimoshake.core.plan;

import io.nimoshake.core.plan.Command.Level;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import java.util.function.Consumer;

/**
 * The commands of one table's plan.
 *
 * @param table name of the table
 * @param commands takes the commands, in order
 */
record PlanOutput(String table, Consumer<Command> commands) {
  void accept(Command command) {
    commands.accept(command);
  }

  void tell(Level level, String message) {
    accept(new Command.Tell(table, level, message));
  }

  void save(CheckpointEntry entry) {
    accept(new Command.Save(entry, true));
  }

  /**
   * @param soon true for a change of state, false for progress
   */
  void save(OfSplit split, boolean soon) {
    accept(new Command.Save(split, soon));
  }

  void forgetSplit(String splitId, boolean soon) {
    accept(new Command.Save(new CheckpointEntry.SplitForgotten(table, splitId), soon));
  }
}
