package io.nimoshake.app.check;

import io.nimoshake.core.fault.Fault;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects what was not the same at a first look, so that it can be looked at again together. Never
 * holds many: whoever adds one too many has to see to all of them.
 */
final class Suspects {
  private static final int MOST = 10_000;

  private final Resolver resolver;
  private List<Suspect> waiting = new ArrayList<>();

  /** Finds out which of the suspects are real. */
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
