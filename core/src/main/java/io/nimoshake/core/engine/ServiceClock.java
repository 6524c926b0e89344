package io.nimoshake.core.engine;

import io.nimoshake.core.flow.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * The clock of the source, as far as this host knows it: the host's own clock, corrected by what
 * the last answer has shown. The plan compares the times that it hears of with those of records. A
 * host's clock may be wrong by days, and all else works: the SDK corrects its signatures.
 *
 * <p>If the host's clock leaps, this one leaps with it until the next answer. Safe for use by many
 * threads.
 */
final class ServiceClock {
  /** Answers show whole seconds and take their time. So much less is no difference. */
  private static final Duration CLOSE = Duration.ofSeconds(30);

  private final Clock host;
  private volatile Duration correction = Duration.ZERO;

  ServiceClock(Clock host) {
    this.host = host;
  }

  /** What the host's clock shows. To be asked before a call, for {@link #shown}. */
  Instant asked() {
    return host.now();
  }

  /**
   * An answer has shown the time of the source.
   *
   * @param asked when the call began. Not its end: the host may be suspended after the answer
   */
  void shown(Instant time, Instant asked) {
    Duration difference = Duration.between(asked, time);
    correction = difference.abs().compareTo(CLOSE) < 0 ? Duration.ZERO : difference;
  }

  /** What is to be added to a time of the host. */
  Duration correction() {
    return correction;
  }
}
