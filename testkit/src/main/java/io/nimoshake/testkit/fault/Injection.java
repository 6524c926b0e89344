package io.nimoshake.testkit.fault;

/** A rule in force: it injects its faults until it is used up or stopped. */
public interface Injection {
  /** How often it has injected a fault. */
  long count();

  /** Ends it. Calls that it has already struck stay struck. */
  void stop();
}
