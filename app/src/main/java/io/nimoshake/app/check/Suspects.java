package io.nimoshake.app.check;

import io.nimoshake.core.fault.Fault;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects suspects, so that they can be read again together. When too many are waiting, the thread
 * that adds one more must resolve all of them first, so memory stays bounded.
 */
final class Suspects {
  private static final int MOST = 10_000;

  private final Resolver resolver;
  private List<Suspect> waiting = new ArrayList<>();

  /** Finds out which suspects really differ. */
  interface Resolver {
    void resolve(List<Suspect> suspects) throws Fault;
  }

  Suspects(Resolver resolver) {
    this.resolver = resolver;
  }

  void add(Suspect suspect) throws Fault {
    List<Suspect> full = null;
    synchronized (this) {
      waiting.add(suspect);
      if (waiting.size() >= MOST) {
        full = take();
      }
    }
    if (full != null) {
      resolver.resolve(full);
    }
  }

  void resolveAll() throws Fault {
    List<Suspect> all;
    synchronized (this) {
      all = take();
    }
    resolver.resolve(all);
  }

  private List<Suspect> take() {
    List<Suspect> taken = waiting;
    waiting = new ArrayList<>();
    return taken;
  }
}
