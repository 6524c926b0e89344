package io.nimoshake.core.flow;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.Unreachable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What failed lately, and whether it still fails: one entry for each activity and kind of fault.
 * Bounded: when it is full, the entry that has not changed for the longest time is removed, one
 * that is over before one that is not. Safe for use by many threads. Nobody calls it while nothing
 * fails.
 */
public final class RecentFailures {
  private static final int KEPT = 32;

  private final Map<String, Failure> entries = new LinkedHashMap<>();
  private final Optional<String> table;
  private final Optional<Outages> outages;

  /** Those of a sync that does not tell outages. */
  public RecentFailures() {
    this(Optional.empty(), Optional.empty());
  }

  /**
   * @param table the table they belong to; empty for the sync as a whole
   * @param outages hears of servers that cannot be reached
   */
  public RecentFailures(Optional<String> table, Optional<Outages> outages) {
    this.table = table;
    this.outages = outages;
  }

  /**
   * @param activity what was tried, for people: "reading shard-1"
   * @param kind that of the fault
   * @param message of the last failure
   * @param since when it began to fail; if it had been over, when it began again
   * @param last when it failed last
   * @param times how often it has failed in all
   * @param server the server that could not be reached, if that was why
   * @param over whether the activity has succeeded since, or was given up
   */
  public record Failure(
      String activity,
      String kind,
      String message,
      Instant since,
      Instant last,
      long times,
      Optional<String> server,
      boolean over) {
    /** A call that fails for less than this is normal. */
    private static final Duration PASSES = Duration.ofSeconds(5);

    /** A failure that was not seen for so long belongs to an activity that has ended. */
    private static final Duration STALE = Duration.ofMinutes(2);

    /** Whether it has gone on for a while and still does. */
    public boolean isLasting(Instant now) {
      return !over && !since.plus(PASSES).isAfter(now) && last.plus(STALE).isAfter(now);
    }

    Failure ended() {
      return new Failure(activity, kind, message, since, last, times, server, true);
    }
  }

  /**
   * A call has failed and will be tried again.
   *
   * @return whether its outage is told, so that the failure need not be
   */
  public boolean failing(String activity, Fault fault, Instant now) {
    put(activity, fault.kind(), fault.getMessage(), serverOf(fault), now, false);
    if (outages.isEmpty()) {
      return false;
    }
    Outages.Waiter waiter = new Outages.Waiter(table, activity);
    fault
        .unreachable()
        .ifPresentOrElse(
            server -> outages.get().failing(waiter, server), () -> outages.get().ended(waiter));
    return fault.unreachable().isPresent();
  }

  /** A call has failed for good. */
  public void failed(String activity, Fault fault, Instant now) {
    succeeded(activity);
    put(activity, fault.kind(), fault.getMessage(), serverOf(fault), now, true);
  }

  /** An item was rejected. */
  void rejected(String reason, Instant now) {
    put("rejected item", "rejected", reason, Optional.empty(), now, true);
  }

  private static Optional<String> serverOf(Fault fault) {
    return fault.unreachable().map(Unreachable::server);
  }

  private synchronized void put(
      String activity,
      String kind,
      String message,
      Optional<String> server,
      Instant now,
      boolean over) {
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
            server,
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
  public void succeeded(String activity) {
    synchronized (this) {
      entries.replaceAll(
          (key, failure) -> failure.activity().equals(activity) ? failure.ended() : failure);
    }
    outages.ifPresent(all -> all.ended(new Outages.Waiter(table, activity)));
  }

  /** All entries, the newest first. */
  public synchronized List<Failure> recent() {
    List<Failure> recent = new ArrayList<>(entries.values());
    Collections.reverse(recent);
    return recent;
  }
}
