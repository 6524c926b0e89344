package io.nimoshake.testkit.sim;

import java.time.Duration;

/** What will happen in a run, at times that are drawn before. */
final class SimSchedule {
  private final SimLoop loop;
  private final SimRandom random;
  private final Duration activeFor;
  private int toCome;

  /**
   * @param activeFor how long changes are made
   */
  SimSchedule(SimLoop loop, SimRandom random, Duration activeFor) {
    this.loop = loop;
    this.random = random;
    this.activeFor = activeFor;
  }

  /** Does something after a time. */
  void at(Duration time, Runnable work) {
    toCome++;
    loop.after(
        time,
        () -> {
          toCome--;
          work.run();
        });
  }

  /** Does something so many times, at any moment while changes are made. */
  void atAnyTime(int times, Runnable work) {
    for (int i = 0; i < times; i++) {
      at(Duration.ofNanos(random.below(activeFor.toNanos())), work);
    }
  }

  /** Whether something is still to happen. */
  boolean isBusy() {
    return toCome > 0;
  }
}
