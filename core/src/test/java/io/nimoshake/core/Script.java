package io.nimoshake.core;

import io.nimoshake.core.fault.Fault;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Notes the calls to a fake, and lets them fail as a test wants. */
public final class Script {
  private final List<String> calls = new ArrayList<>();
  private final Map<String, Deque<Fault>> faults = new HashMap<>();
  private final Map<String, Runnable> during = new HashMap<>();

  /** The next calls of this method fail, in this order. */
  public void fail(String method, Fault... next) {
    faults.computeIfAbsent(method, m -> new ArrayDeque<>()).addAll(Arrays.asList(next));
  }

  /** Runs within the next call of this method, as if something happened meanwhile. */
  public void during(String method, Runnable meanwhile) {
    during.put(method, meanwhile);
  }

  /** A call is made. */
  void call(String method, Object... arguments) throws Fault {
    StringBuilder line = new StringBuilder(method);
    for (Object argument : arguments) {
      line.append(' ').append(argument);
    }
    calls.add(line.toString());
    Optional.ofNullable(during.remove(method)).ifPresent(Runnable::run);
    Fault next = faults.getOrDefault(method, new ArrayDeque<>()).poll();
    if (next != null) {
      throw next;
    }
  }

  /** The calls since this was last asked: the method and its arguments. */
  public List<String> calls() {
    List<String> since = List.copyOf(calls);
    calls.clear();
    return since;
  }
}
