package io.nimoshake.core.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How far two listings of one stream may lie apart that count as one series of {@link Evidence}.
 *
 * <p>Calls that list shards are paced, all tables together. With a thousand tables each listing
 * waits for minutes, and no two would come within {@link Evidence#UNBROKEN}. So a pause may be half
 * as long again as the one before. Listings that are a minute apart or less have the usual limit.
 */
final class ListingPace {
  /** A machine that was suspended twice has made long pauses, too. */
  private static final Duration LONGEST = Duration.ofMinutes(15);

  private Optional<Instant> last = Optional.empty();
  private Duration next = Evidence.UNBROKEN;

  /**
   * A listing has come.
   *
   * @param at by the service's clock
   * @return the longest pause after which it still belongs to the series
   */
  Duration listed(Instant at) {
    Duration limit = next;
    Duration pause = last.map(before -> Duration.between(before, at)).orElse(Duration.ZERO);
    last = Optional.of(at);
    Duration longer = pause.multipliedBy(3).dividedBy(2);
    next =
        longer.compareTo(Evidence.UNBROKEN) < 0
            ? Evidence.UNBROKEN
            : longer.compareTo(LONGEST) > 0 ? LONGEST : longer;
    return limit;
  }
}
