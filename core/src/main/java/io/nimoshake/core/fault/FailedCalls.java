package io.nimoshake.core.fault;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the failed attempts of calls to one server, including those that the server's client
 * library retries by itself. The counts only grow. Safe for use by many threads. Nobody calls it
 * while nothing fails.
 */
public final class FailedCalls {
  /** How an attempt failed. */
  public enum Kind {
    /** The server asks for fewer calls. */
    THROTTLED,
    /** The server had an error of its own. */
    SERVER_ERROR,
    /** No connection, or it broke before an answer came. */
    CONNECTION,
    /** No answer in time. */
    TIMEOUT,
    /** The answer makes no sense, or ends too early. */
    UNREADABLE,
    /** The server refuses the call. */
    REFUSED
  }

  /**
   * What failed, and how.
   *
   * @param operation the protocol's own name of the call
   */
  public record Call(String operation, Kind kind) implements Comparable<Call> {
    @Override
    public int compareTo(Call other) {
      int byOperation = operation.compareTo(other.operation);
      return byOperation != 0 ? byOperation : kind.compareTo(other.kind);
    }
  }

  private final ConcurrentMap<Call, LongAdder> counts = new ConcurrentHashMap<>();
  private volatile Optional<Reachability> reachability = Optional.empty();

  /** From now on this hears whether the server can be reached. */
  public void listen(Reachability listener) {
    reachability = Optional.of(listener);
  }

  /** For the adapter: the server cannot be reached. */
  public void missed(Unreachable server) {
    reachability.ifPresent(listener -> listener.missed(server));
  }

  /** For the adapter: the server can be reached. */
  public void reached(String server) {
    reachability.ifPresent(listener -> listener.reached(server));
  }

  /** Counts one failed attempt. */
  public void count(String operation, Kind kind) {
    counts.computeIfAbsent(new Call(operation, kind), call -> new LongAdder()).increment();
  }

  /** How often any call failed in this way. */
  public long count(Kind kind) {
    return counts.entrySet().stream()
        .filter(entry -> entry.getKey().kind() == kind)
        .mapToLong(entry -> entry.getValue().sum())
        .sum();
  }

  /** How often each call has failed, in order. Calls that never failed are left out. */
  public Map<Call, Long> counts() {
    Map<Call, Long> sums = new TreeMap<>();
    counts.forEach((call, count) -> sums.put(call, count.sum()));
    return sums;
  }
}
