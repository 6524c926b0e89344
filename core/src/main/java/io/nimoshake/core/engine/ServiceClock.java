package io.nimoshake.core.engine;

import io.nimoshake.core.flow.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * The clock of the source, as far as this host knows it: the host's own clock, corrected by what
 * the last answer has shown. By it the plan warns and waits. Whether records have expired is
 * decided only by what the service has shown. A host's clock may be wrong by days, and all else
 * works: the SDK corrects its signatures.
 *
 * <p>If the host's clock leaps, this one leaps with it until the next answer, because a suspended
 * host looks the same. A leap that puts the host right ends the correction. Safe for use by many
 * threads.
 */
final class ServiceClock {
  /** Answers show whole seconds and take their time. So much less is no difference. */
  private static final Duration CLOSE = Duration.ofSeconds(30);

  private final Clock host;
  private volatile Shown last;

  /** What the host's clocks said when an answer was asked for, and the correction that it gave. */
  private record Shown(Asked asked, Duration correction) {}

  /**
   * The moment before a call.
   *
   * @param nanos of a clock that does not leap, and that may stand still while the host is
   *     suspended
   */
  record Asked(Instant at, long nanos) {}

  ServiceClock(Clock host) {
    this.host = host;
    this.last = new Shown(asked(), Duration.ZERO);
  }

  /** To be taken before a call, for {@link #shown}. */
  Asked asked() {
    return new Asked(host.now(), host.nanoTime());
  }

  /**
   * An answer has shown the time of the source. If it took long, it says nothing: the host may have
   * been suspended before the service answered, or after it.
   */
  void shown(Instant time, Asked asked) {
    if (Duration.between(asked.at(), host.now()).abs().compareTo(CLOSE) < 0) {
      Duration difference = Duration.between(asked.at(), time);
      last = new Shown(asked, isClose(difference) ? Duration.ZERO : difference);
    }
  }

  /** What is to be added to a time of the host. */
  Duration correction() {
    Shown shown = last;
    if (shown.correction().isZero()) {
      return Duration.ZERO;
    }
    Asked now = asked();
    Duration leap =
        Duration.between(shown.asked().at(), now.at())
            .minusNanos(now.nanos() - shown.asked().nanos());
    return isClose(leap.minus(shown.correction())) ? Duration.ZERO : shown.correction();
  }

  private static boolean isClose(Duration difference) {
    return difference.abs().compareTo(CLOSE) < 0;
  }
}
