package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;

/** Makes calls fail at random, and the process die in the middle of one. */
final class SimFaults {
  private final SimLoop loop;
  private final double rate;
  private final double unknownRate;
  private boolean over;
  private int callsToCrash = Integer.MAX_VALUE;

  /**
   * @param rate share of calls that fail
   * @param unknownRate share of failures that nobody knows
   */
  SimFaults(SimLoop loop, double rate, double unknownRate) {
    this.loop = loop;
    this.rate = rate;
    this.unknownRate = unknownRate;
  }

  /** From now on nothing fails. */
  void end() {
    over = true;
    callsToCrash = Integer.MAX_VALUE;
  }

  boolean isOver() {
    return over;
  }

  /** The process dies in the call that many calls from now. */
  void crashAfter(int calls) {
    if (!over) {
      callsToCrash = calls;
    }
  }

  boolean chance(double probability) {
    return !over && loop.random().chance(probability);
  }

  /** Whether a call fails whose effect the caller then decides. */
  boolean strikes() {
    return !over && loop.random().chance(rate);
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
    if (unknownRate > 0 && loop.random().chance(unknownRate)) {
      return new Fault.Unknown(call + ": an error that nobody knows", null);
    }
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
