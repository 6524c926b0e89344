package io.nimoshake.testkit.sim;

/** A promise was broken, or the simulated sync did not come to its end. */
public final class SimFailure extends Error {
  SimFailure(String message) {
    super(message);
  }

  SimFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
