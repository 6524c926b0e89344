package io.nimoshake.core.engine;

import io.nimoshake.core.checkpoint.CheckpointWriter;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.plan.Event;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * One table from its preparation until it is stopped: starts its splits, ends its copy, and tells
 * the plan when nothing of it is under way any more. A table that is prepared again gets a new one.
 *
 * <pre>
 *   RUNNING -- finish --> FINISHING -- finished: TableFinished --> RUNNING
 *      |                      |
 *     stop                   stop
 *      v                      v
 *   STOPPING <-- finished -- STOPPING_AND_FINISHING
 *      |                      |
 *   splits stopped         splits stopped
 *      v                      v
 *   STOPPED  <-- finished -- STOPPED_BUT_FINISHING
 *   (TableStopped)
 * </pre>
 *
 * <p>A finish that fails for good leads where one that finishes does, but without {@code
 * TableFinished}: the plan hears of the fault before, and stops the table unless it does so
 * already.
 */
final class TableHost {
  private enum State {
    /** Splits may run. */
    RUNNING,
    /** Splits may run; tombstones are being purged and indexes built. */
    FINISHING,
    /** Splits are being stopped. */
    STOPPING,
    STOPPING_AND_FINISHING,
    /** No split runs. A new copy must wait for the finish, which would purge its tombstones. */
    STOPPED_BUT_FINISHING,
    /** Nothing is under way. */
    STOPPED
  }

  private final TableSchema schema;
  private final SplitRunner splits;
  private final TableWork work;
  private final CheckpointWriter checkpoints;
  private final Consumer<Event> events;
  private final Consumer<TableHost> onStopped;

  /** Guarded by this. */
  private State state = State.RUNNING;

  /** Whether the store knows that the copy of the table has begun. */
  private volatile boolean recorded;

  /**
   * @param events takes what the plan is to hear
   * @param onStopped called before the plan hears that the table has stopped
   */
  TableHost(
      TableSchema schema,
      SplitRunner splits,
      TableWork work,
      CheckpointWriter checkpoints,
      Consumer<Event> events,
      Consumer<TableHost> onStopped) {
    this.schema = schema;
    this.splits = splits;
    this.work = work;
    this.checkpoints = checkpoints;
    this.events = events;
    this.onStopped = onStopped;
  }

  TableSchema schema() {
    return schema;
  }

  /**
   * Starts a split. Nothing is written for a table before the store knows that its copy has begun:
   * the next run would take what is there for documents of others.
   */
  void startSplit(Command.StartSplit command) {
    Runnable added = splits.add(command);
    Runnable begin = () -> work.afterPause(command.attempt(), added);
    if (recorded) {
      begin.run();
    } else {
      checkpoints.flush(
          () -> {
            recorded = true;
            begin.run();
          });
    }
  }

  /**
   * Deletes of the stream are real from now on. A table that is being stopped does not need that
   * any more.
   */
  void deleteForReal() {
    splits.deleteForReal(
        schema.name(),
        this::isRunning,
        () -> events.accept(new Event.DeletesAreReal(schema.name())));
  }

  private synchronized boolean isRunning() {
    return state == State.RUNNING;
  }

  /** Ends the copy. A table that is being stopped does not need it any more. */
  void finish(Command.FinishTable command) {
    synchronized (this) {
      if (state != State.RUNNING) {
        return;
      }
      state = State.FINISHING;
    }
    work.finish(schema, command, this::isFinishing, this::onFinished, this::onFinishFailed);
  }

  private synchronized boolean isFinishing() {
    return state == State.FINISHING;
  }

  private void onFinished() {
    tell(move(this::withoutFinish));
  }

  private void onFinishFailed() {
    State reached = move(this::withoutFinish);
    if (reached != State.RUNNING) {
      tell(reached);
    }
  }

  private State withoutFinish(State before) {
    return switch (before) {
      case FINISHING -> State.RUNNING;
      case STOPPING_AND_FINISHING -> State.STOPPING;
      case STOPPED_BUT_FINISHING -> State.STOPPED;
      case RUNNING, STOPPING, STOPPED -> throw unexpected(before, "a finish ended");
    };
  }

  /** Stops all splits of the table. A table that is being stopped goes on stopping. */
  void stop() {
    synchronized (this) {
      if (state != State.RUNNING && state != State.FINISHING) {
        return;
      }
      state = state == State.RUNNING ? State.STOPPING : State.STOPPING_AND_FINISHING;
    }
    splits.stop(schema.name(), this::onSplitsStopped);
  }

  private void onSplitsStopped() {
    tell(
        move(
            before ->
                switch (before) {
                  case STOPPING -> State.STOPPED;
                  case STOPPING_AND_FINISHING -> State.STOPPED_BUT_FINISHING;
                  case RUNNING, FINISHING, STOPPED_BUT_FINISHING, STOPPED ->
                      throw unexpected(before, "its splits stopped");
                }));
  }

  private synchronized State move(UnaryOperator<State> step) {
    state = step.apply(state);
    return state;
  }

  /** Tells what a state that was just reached means for the plan. */
  private void tell(State reached) {
    switch (reached) {
      case RUNNING -> events.accept(new Event.TableFinished(schema.name()));
      case STOPPED -> {
        onStopped.accept(this);
        events.accept(new Event.TableStopped(schema.name()));
      }
      case FINISHING, STOPPING, STOPPING_AND_FINISHING, STOPPED_BUT_FINISHING -> {
        // Something is still under way, and tells when it ends.
      }
    }
  }

  private IllegalStateException unexpected(State before, String what) {
    return new IllegalStateException("table " + schema.name() + " is " + before + ", but " + what);
  }
}
