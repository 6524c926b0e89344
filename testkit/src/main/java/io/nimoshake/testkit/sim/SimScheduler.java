package io.nimoshake.testkit.sim;

import io.nimoshake.core.flow.Scheduler;
import java.time.Duration;
import java.time.Instant;

/** The scheduler of one simulated process; when that is killed, its work is never done. */
final class SimScheduler implements Scheduler {
  private final SimLoop loop;
  private final Duration clockOff;

  /** For how long the clocks of the host stood still. */
  private Duration stoodStill = Duration.ZERO;

  private boolean alive = true;

  /**
   * @param clockOff by how much the wall clock of the process's host is ahead
   */
  SimScheduler(SimLoop loop, Duration clockOff) {
    this.loop = loop;
    this.clockOff = clockOff;
  }

  void kill() {
    alive = false;
  }

  /** The host was paused until now, for so long, and none of its clocks has noticed. */
  void stoodStill(Duration time) {
    stoodStill = stoodStill.plus(time);
    loop.delay(this, time);
  }

  boolean isAlive() {
    return alive;
  }

  @Override
  public void execute(Runnable work) {
    loop.execute(this, work);
  }

  @Override
  public void after(Duration delay, Runnable work) {
    loop.after(this, delay, work);
  }

  @Override
  public Instant now() {
    return loop.now().plus(clockOff).minus(stoodStill);
  }

  @Override
  public long nanoTime() {
    return loop.nanoTime() - stoodStill.toNanos();
  }

  @Override
  public double random() {
    return loop.random().next();
  }
}
