package io.nimoshake.testkit.sim;

/** Ends the simulated process at once, in the middle of a call. */
final class SimCrash extends Error {
  SimCrash() {
    super("crash", null, false, false);
  }
}
