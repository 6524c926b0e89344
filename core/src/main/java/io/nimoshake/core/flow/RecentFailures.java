package io.nimoshake.core.flow;

import io.nimoshake.core.fault.Fault;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What failed lately, and whether it still fails: one entry for each activity and kind of fault.
 * Bounded: when it is full, the entry that has not changed for the longest time is removed, one
 * that is over before one that is not. Safe for use by many threads. Nobody calls it while nothing
 * fails.
 */
public final class RecentFailures {
  private static final int KEPT = 32;

  private final Map<String, Failure> entries = new LinkedHashMap<>();

  /**
   * @param activity what was tried, for people: "reading shard-1"
   * @param kind that of the fault
   * @param message of the last failure
   * @param since when it began to fail; if it had been over, when it began again
   * @param last when it failed last
   * @param times how often it has failed in all
   * @param over whether the activity has succeeded since, or was given up
   */
  public record Failure(
      String activity,
      String kind,
      String message,
      Instant since,
      Instant last,
      long times,
      boolean over) {
    Failure ended() {
      return new Failure(activity, kind, message, since, last, times, true);
    }
  }

  /** A call has failed and will be tried again. */
  public void failing(String activity, Fault fault, Instant now) {
    put(activity, fault.kind(), fault.getMessage(), now, false);
  }

  /** A call has failed for good. */
  public synchronized void failed(String activity, Fault fault, Instant now) {
    succeeded(activity);
    put(activity, fault.kind(), fault.getMessage(), now, true);
  }

  /** An item was put aside. */
  void rejected(String reason, Instant now) {
    put("item put aside", "poison", reason, now, true);
  }

  private synchronized void put(
      String activity, String kind, String message, Instant now, boolean over) {
    String key = activity + "\n" + kind;
    Failure before = entries.remove(key);
    if (before == null && entries.size() == KEPT) {
      makeRoom();
    }
    boolean goesOn = before != null && !before.over();
    entries.put(
        key,
        new Failure(
            activity,
            kind,
            message,
            goesOn ? before.since() : now,
            now,
            before == null ? 1 : before.times() + 1,
            over));
  }

  private void makeRoom() {
    String oldest = entries.keySet().iterator().next();
    entries.remove(
        entries.entrySet().stream()
            .filter(entry -> entry.getValue().over())
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse(oldest));
  }

  /** A call that had failed has succeeded. */
  public synchronized void succeeded(String activity) {
    entries.replaceAll(
        (key, failure) -> failure.activity().equals(activity) ? failure.ended() : failure);
  }

  /** All entries, the newest first. */
  public synchronized List<Failure> recent() {
    List<Failure> recent = new ArrayList<>(entries.values());
    Collections.reverse(recent);
    return recent;
  }
}
