package io.nimoshake.testkit.sim;

/**
 * One process as others see it. Source, target and store hand out connections by it, so that they
 * can tell two processes of one sync apart.
 */
final class SimLife {
  private final String name;
  private boolean cutOff;
  private String unfitToWrite = "";

  private final boolean strict;
  private boolean holder;

  SimLife(String name) {
    this(name, true);
  }

  /**
   * @param strict whether it may not touch the target once it has given its lease back
   */
  SimLife(String name, boolean strict) {
    this.name = name;
    this.strict = strict;
  }

  String name() {
    return name;
  }

  /** From now on it does not reach the checkpoint store. */
  void cutOff() {
    cutOff = true;
  }

  void reconnect() {
    cutOff = false;
  }

  boolean isCutOff() {
    return cutOff;
  }

  /** Another process has got its lease. */
  void lostLeaseTo(SimLife other) {
    holder = false;
    unfitToWrite = other.name + " has got its lease";
  }

  /** Any other process may get the lease from now on. */
  void gaveLeaseBack() {
    holder = false;
    unfitToWrite = strict ? "it has given its lease back" : "";
  }

  void gotLease() {
    holder = true;
    unfitToWrite = "";
  }

  /** Whether it is the one that got the lease last, and has not given it back. */
  boolean isHolder() {
    return holder;
  }

  boolean isFitToWrite() {
    return unfitToWrite.isEmpty();
  }

  /** It touches the target. */
  void writes(String what) {
    if (!unfitToWrite.isEmpty()) {
      throw new SimFailure(name + ": " + what + " after " + unfitToWrite);
    }
  }
}
