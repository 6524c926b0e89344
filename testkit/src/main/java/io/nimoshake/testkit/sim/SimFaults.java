package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;

/** Makes calls fail at random, and the process die in the middle of one. */
final class SimFaults {
  private final SimLoop loop;
  private final double rate;
  private boolean quiet;
  private int callsToCrash = Integer.MAX_VALUE;

  /**
   * @param rate how many calls fail
   */
  SimFaults(SimLoop loop, double rate) {
    this.loop = loop;
    this.rate = rate;
  }

  /** From now on nothing fails. */
  void end() {
    quiet = true;
    callsToCrash = Integer.MAX_VALUE;
  }

  /** The process dies in the call that many calls from now. */
  void crashAfter(int calls) {
    if (!quiet) {
      callsToCrash = calls;
    }
  }

  boolean chance(double probability) {
    return !quiet && loop.random().chance(probability);
  }

  /** Whether a call fails whose effect the caller then decides. */
  boolean strikes() {
    return !quiet && loop.random().chance(rate);
  }

  /** A call begins: it may fail without effect. */
  void before(String call) throws Fault {
    countDown(call);
    if (strikes()) {
      throw fault(call);
    }
  }

  /** A call had its effect: its answer may be lost. */
  void after(String call) throws Fault {
    countDown(call);
    if (strikes()) {
      loop.trace(call + ": answer lost");
      throw new Fault.Transient(call + ": answer lost", null);
    }
  }

  Fault fault(String call) {
    loop.trace(call + ": fails");
    return loop.random().chance(0.5)
        ? new Fault.Throttled(call + ": throttled", null)
        : new Fault.Transient(call + ": reset", null);
  }

  void countDown(String call) {
    if (callsToCrash != Integer.MAX_VALUE && callsToCrash-- <= 0) {
      callsToCrash = Integer.MAX_VALUE;
      loop.trace("crash in " + call);
      throw new SimCrash();
    }
  }
}
