package io.nimoshake.core.flow;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Tries one activity until it succeeds. Every retry above the AWS SDK and the MongoDB driver is
 * one.
 *
 * <ul>
 *   <li><b>Which faults:</b> a fault that is not {@link Fault#isRetryable} is final. Others are
 *       tried again until the {@link RetryPolicy} gives up. It has a limit of its own for a {@link
 *       Fault.Unknown}, which then becomes a {@link Fault.TableFailed}.
 *   <li><b>When:</b> after the pause of the policy, which grows with each failure in a row. A
 *       success starts anew.
 *   <li><b>Counting:</b> every failure after which it is tried again, in {@link Activity#retries}.
 *   <li><b>Telling:</b> every failure in {@link Activity#failures}. The log has one line when a
 *       call keeps failing and one when it works again; for a server that cannot be reached it has
 *       those of {@link Outages} instead.
 *   <li><b>Stopping:</b> asked before every try. A pause runs out before a stop is noticed.
 * </ul>
 *
 * <p>Callers that must not block use {@link #run}: no thread waits during a pause. Callers that
 * have a thread to themselves use {@link #call}. A caller that has to do more between two tries
 * calls {@link #failed} and {@link #succeeded} itself. One try at a time; calls must happen one
 * after the other.
 */
public final class Retry {
  private static final Logger LOG = LoggerFactory.getLogger(Retry.class);

  /** A single failed call is normal. The log tells of one that keeps failing. */
  private static final int LOGGED_FROM = 3;

  private final Activity activity;
  private final RetryPolicy policy;
  private final Clock clock;
  private final Telling telling;

  /** In a row, and when the first of them was. */
  private int failures;

  private long failingSinceNanos;

  /** The same of the unknown errors among them. */
  private int unknownFailures;

  private long lastUnknownNanos;
  private Duration unknownFor = Duration.ZERO;
  private boolean logged;

  /** Who logs that a call keeps failing. */
  public enum Telling {
    RETRY,
    /** The caller does, in its own words. */
    CALLER
  }

  public Retry(Activity activity, RetryPolicy policy, Clock clock) {
    this(activity, policy, clock, Telling.RETRY);
  }

  public Retry(Activity activity, RetryPolicy policy, Clock clock, Telling telling) {
    this.activity = activity;
    this.policy = policy;
    this.clock = clock;
    this.telling = telling;
  }

  // --- the rules -------------------------------------------------------------------------------

  /**
   * What follows from a failure.
   *
   * @param fault what ends the activity, if there is no next try
   * @param pause the time before the next try; empty if there is none
   */
  public record Verdict(Fault fault, Optional<Duration> pause) {}

  /** A try has failed. */
  public Verdict failed(Fault fault) {
    long now = clock.nanoTime();
    failingSinceNanos = failures == 0 ? now : failingSinceNanos;
    failures++;
    countUnknown(fault, now);
    Optional<Fault> end = end(fault, now);
    if (end.isPresent()) {
      failures = 0;
      unknownFailures = 0;
      activity.failures().failed(activity.name(), end.get(), clock.now());
      return new Verdict(end.get(), Optional.empty());
    }
    activity.retries().count(fault);
    boolean told = activity.failures().failing(activity.name(), fault, clock.now());
    if (failures == LOGGED_FROM && !told && telling == Telling.RETRY) {
      logTrouble(fault);
      logged = true;
    }
    return new Verdict(fault, Optional.of(policy.delay(failures, clock.random())));
  }

  /** An outage of hours that ends with one unknown error says nothing about that error. */
  private void countUnknown(Fault fault, long now) {
    if (fault instanceof Fault.Unknown) {
      Duration sinceLast = Duration.ofNanos(now - lastUnknownNanos);
      unknownFor =
          unknownFailures == 0 ? Duration.ZERO : unknownFor.plus(policy.countedUnknown(sinceLast));
      lastUnknownNanos = now;
      unknownFailures++;
    }
  }

  /** What ends the activity after this failure, if there is no next try. */
  private Optional<Fault> end(Fault fault, long now) {
    if (fault instanceof Fault.Unknown unknown
        && policy.givesUpUnknown(unknownFailures, unknownFor)) {
      return Optional.of(unknown.toTableFailed(unknownFor));
    }
    Duration failingFor = Duration.ofNanos(now - failingSinceNanos);
    boolean isFinal = !fault.isRetryable() || policy.givesUp(failures, failingFor);
    return isFinal ? Optional.of(fault) : Optional.empty();
  }

  /** A try has succeeded. */
  public void succeeded() {
    if (failures == 0) {
      return;
    }
    activity.failures().succeeded(activity.name());
    if (logged) {
      logOver();
    }
    failures = 0;
    unknownFailures = 0;
    logged = false;
  }

  private void logTrouble(Fault fault) {
    event(LOG.atWarn(), "retrying")
        .addKeyValue("error", fault.getMessage())
        .log(
            "{}{} has failed {} times and is tried again ({}): {}",
            activity.subject(),
            activity.name(),
            failures,
            fault.kind(),
            fault.getMessage());
  }

  private void logOver() {
    event(LOG.atInfo(), "recovered")
        .log(
            "{}{} works again after {} failed tries",
            activity.subject(),
            activity.name(),
            failures);
  }

  private LoggingEventBuilder event(LoggingEventBuilder line, String name) {
    LoggingEventBuilder event =
        line.addKeyValue("event", name).addKeyValue("activity", activity.name());
    activity.table().ifPresent(table -> event.addKeyValue("table", table));
    activity.shard().ifPresent(shard -> event.addKeyValue("shard", shard));
    return event;
  }

  // --- two ways to wait ------------------------------------------------------------------------

  /** A call that may fail. */
  public interface Call<T> {
    T run() throws Fault;

    /** A call without a result. */
    static Call<Void> of(Action action) {
      return () -> {
        action.run();
        return null;
      };
    }
  }

  /** A call without a result that may fail. */
  public interface Action {
    void run() throws Fault;
  }

  /** Hears how a call ended: one of the methods without a result is called, once. */
  public interface Outcome<T> {
    void succeeded(T result);

    /** There is no next try. */
    void failed(Fault fault);

    /** Nobody wanted the call any more. */
    default void stopped() {}

    /** Whether nobody wants the call any more; asked before every try. */
    default boolean isStopped() {
      return false;
    }
  }

  /** Tries at once, in this thread; later tries run on the scheduler. No thread waits. */
  public <T> void run(Call<T> call, Outcome<? super T> outcome, Scheduler scheduler) {
    if (outcome.isStopped()) {
      outcome.stopped();
      return;
    }
    T result;
    try {
      result = call.run();
    } catch (Fault f) {
      Verdict verdict = failed(f);
      if (verdict.pause().isPresent()) {
        scheduler.after(verdict.pause().get(), () -> run(call, outcome, scheduler));
      } else {
        outcome.failed(verdict.fault());
      }
      return;
    }
    succeeded();
    outcome.succeeded(result);
  }

  /** Tries until the call succeeds; the thread waits meanwhile. */
  public <T> T call(Call<T> call, Sleeper sleeper) throws Fault {
    while (true) {
      T result;
      try {
        result = call.run();
      } catch (Fault f) {
        Verdict verdict = failed(f);
        if (verdict.pause().isEmpty()) {
          throw verdict.fault();
        }
        sleeper.sleep(verdict.pause().get());
        continue;
      }
      succeeded();
      return result;
    }
  }
}
