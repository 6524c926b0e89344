package io.nimoshake.testkit.sim;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import java.util.HashSet;
import java.util.Set;

/** The readers that one process has open. No split may have two of them at a time. */
final class SimReaders {
  private final SimLoop loop;
  private final Set<String> open = new HashSet<>();

  SimReaders(SimLoop loop) {
    this.loop = loop;
  }

  /**
   * A reader is opened.
   *
   * @return what to run when it is closed
   */
  Runnable open(Split split, Position from) {
    String name = split.table() + "/" + split.id();
    if (!open.add(name)) {
      throw new SimFailure(name + " has two readers at a time");
    }
    loop.trace("source: open " + name + " from " + from);
    return () -> open.remove(name);
  }

  int count() {
    return open.size();
  }

  /** The process died, and its readers with it. */
  void forget() {
    open.clear();
  }
}
