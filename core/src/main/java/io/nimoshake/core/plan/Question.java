package io.nimoshake.core.plan;

import java.util.function.Consumer;

/**
 * A question to the source that is asked again and again, but not while an answer is still to come.
 * The host asks until there is one, so a second call would only add to those that wait.
 */
final class Question {
  private final Consumer<Command> commands;
  private final Command command;
  private boolean underWay;

  Question(Consumer<Command> commands, Command command) {
    this.commands = commands;
    this.command = command;
  }

  /** Asks, unless an answer is still to come. */
  void ask() {
    if (!underWay) {
      underWay = true;
      commands.accept(command);
    }
  }

  /** An answer has come, or may not come any more. */
  void over() {
    underWay = false;
  }
}
