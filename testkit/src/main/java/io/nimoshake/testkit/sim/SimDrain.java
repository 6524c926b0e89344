package io.nimoshake.testkit.sim;

import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.TableState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a simulated cut-over and a simulated return share: a process that is told to when the
 * writers have stopped, and may die. At each moment at which its plan says that everything has
 * arrived, the truth is asked.
 */
final class SimDrain {
  private static final long MOST_STEPS = 1_000_000;

  /** How long it goes on after everything has arrived: the answer must stay true. */
  private static final int MORE_STEPS = 300;

  private final SimLoop loop;
  private final SimSchedule schedule;
  private final int tables;
  private final Supplier<SimProcess> processes;
  private final Supplier<Instant> serviceTime;
  private final Consumer<Instant> truth;
  private SimProcess process;
  private boolean wasDrained;

  /**
   * @param tables how many are followed
   * @param processes starts one
   * @param serviceTime by the clock of the side that the applications have left
   * @param truth fails if a change from before this freeze time has not arrived
   */
  SimDrain(
      SimLoop loop,
      SimSchedule schedule,
      int tables,
      Supplier<SimProcess> processes,
      Supplier<Instant> serviceTime,
      Consumer<Instant> truth) {
    this.loop = loop;
    this.schedule = schedule;
    this.tables = tables;
    this.processes = processes;
    this.serviceTime = serviceTime;
    this.truth = truth;
  }

  SimProcess process() {
    return process;
  }

  /** Starts a process and goes on until it follows all tables. */
  void follow() {
    process = processes.get();
    stepUntil(this::isFollowed);
  }

  /** The cut-over or the return is lost with the process. The operator begins it anew. */
  void crash() {
    process.kill();
    process = processes.get();
    schedule.at(Duration.ofSeconds(loop.random().between(1, 10)), this::freeze);
  }

  /** The operator says that the writers have stopped, at once or when all tables are followed. */
  void freeze() {
    if (!process.isRunning() || !isFollowed()) {
      schedule.at(Duration.ofSeconds(1), this::freeze);
      return;
    }
    process.freeze(serviceTime.get().truncatedTo(ChronoUnit.SECONDS).plusSeconds(1));
  }

  /** Whether everything has arrived, as far as the plan knows. */
  boolean isDrained() {
    return process.cutOver().filter(PlanView.CutOver::isDrained).isPresent();
  }

  /**
   * Goes on until something holds, and a while longer.
   *
   * @return whether the plan has said at some moment that everything has arrived
   */
  boolean liveUntil(BooleanSupplier condition) {
    stepUntil(condition);
    for (int i = 0; i < MORE_STEPS && !process.isOver(); i++) {
      step();
    }
    return wasDrained;
  }

  private boolean isFollowed() {
    return process.states().size() == tables
        && process.states().values().stream().allMatch(state -> state == TableState.FOLLOWING);
  }

  private void stepUntil(BooleanSupplier condition) {
    while (!condition.getAsBoolean() && !process.isOver()) {
      step();
    }
  }

  private void step() {
    if (!loop.step()) {
      throw new SimFailure("nothing is left to do");
    } else if (loop.steps() > MOST_STEPS) {
      throw new SimFailure("no end after " + MOST_STEPS + " steps: " + process.cutOver());
    }
    if (isDrained()) {
      wasDrained = true;
      truth.accept(process.cutOver().orElseThrow().freeze());
    }
  }
}
