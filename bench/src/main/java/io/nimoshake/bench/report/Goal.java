package io.nimoshake.bench.report;

/**
 * A goal for the speed of this project.
 *
 * @param measured the measured value
 * @param limit the limit
 * @param atMost true if the value must be at most the limit, false if it must be at least the limit
 * @param asserted whether {@code --assert} checks it: only ratios of things that ran in turn, and
 *     limits that hold on any machine that is not overloaded
 */
public record Goal(String text, double measured, double limit, boolean atMost, boolean asserted) {
  /** A ratio that must be at most the limit. */
  public static Goal ratio(String text, double measured, double limit) {
    return new Goal(text, measured, limit, true, true);
  }

  /** A time, rate or size that depends on the machine. */
  public static Goal here(String text, double measured, double limit, boolean atMost) {
    return new Goal(text, measured, limit, atMost, false);
  }

  public boolean isReached() {
    return atMost ? measured <= limit : measured >= limit;
  }
}
