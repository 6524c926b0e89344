package io.nimoshake.core.plan;

import io.nimoshake.core.port.Target.Existing;
import java.time.Duration;

/** What the plans of tests are told. A table counts as gone after two minutes. */
final class GivenOptions {
  private static final Duration GONE_AFTER = Duration.ofMinutes(2);

  private GivenOptions() {}

  /** Copies and follows; a table with a gap is copied again. */
  static PlanOptions all(int tablesAtATime) {
    return new PlanOptions(
        true, true, true, true, Existing.DROP, false, tablesAtATime, false, true, true, GONE_AFTER);
  }

  /** The same, where the stream waits for the copy. */
  static PlanOptions streamAfterCopy() {
    return new PlanOptions(
        true, true, false, true, Existing.DROP, false, 1, false, true, true, GONE_AFTER);
  }

  /** Follows the stream from now on; a table with a gap fails. */
  static PlanOptions incr(int tablesAtATime) {
    return new PlanOptions(
        false,
        true,
        true,
        true,
        Existing.KEEP,
        false,
        tablesAtATime,
        false,
        false,
        true,
        GONE_AFTER);
  }

  /** The way back. */
  static PlanOptions back(boolean resyncOnGap) {
    return new PlanOptions(
        false, true, true, false, Existing.RESUME, false, 4, false, resyncOnGap, false, GONE_AFTER);
  }
}
