package io.nimoshake.core.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Answers of the service that agree on one thing, for example that a shard is not listed. One
 * answer proves nothing, because the service is eventually consistent. Several answers over some
 * time do.
 *
 * @param since service time of the first of them
 * @param last service time of the latest of them
 * @param answers how many there were: time alone also passes while nobody asks
 */
record Evidence(Instant since, Instant last, int answers) {
  /** How many answers it takes at least. */
  static final int ENOUGH = 3;

  /** Longest time between two answers that count as one series. They are seconds apart. */
  static final Duration UNBROKEN = Duration.ofSeconds(90);

  static Evidence first(Instant at) {
    return new Evidence(at, at, 1);
  }

  /** One more answer of a series that may not have begun. */
  static Optional<Evidence> again(Optional<Evidence> before, Instant at) {
    return Optional.of(before.map(evidence -> evidence.again(at)).orElseGet(() -> first(at)));
  }

  /** The same, where a long pause ends the series. */
  static Optional<Evidence> againSoon(Optional<Evidence> before, Instant at) {
    return againSoon(before, at, UNBROKEN);
  }

  /** The same, where a pause that is longer than this ends the series. */
  static Optional<Evidence> againSoon(Optional<Evidence> before, Instant at, Duration unbroken) {
    return Optional.of(
        before.map(evidence -> evidence.againSoon(at, unbroken)).orElseGet(() -> first(at)));
  }

  /** One more answer. It starts a new series if a clock was put back behind the first one. */
  Evidence again(Instant at) {
    return at.isBefore(since) ? first(at) : new Evidence(since, at, answers + 1);
  }

  /**
   * One more answer. It starts a new series if the last one was long ago: a machine that was
   * suspended asked before and after, and not in between.
   */
  Evidence againSoon(Instant at) {
    return againSoon(at, UNBROKEN);
  }

  /** The same, where a pause that is longer than this ends the series. */
  Evidence againSoon(Instant at, Duration unbroken) {
    return at.isAfter(last.plus(unbroken)) ? first(at) : again(at);
  }

  /**
   * Whether there are enough answers, and so much time lies between the first and the last of them.
   * Time that passed after the last answer proves nothing.
   */
  boolean isSettled(Duration time) {
    return answers >= ENOUGH && !last.isBefore(since.plus(time));
  }
}
