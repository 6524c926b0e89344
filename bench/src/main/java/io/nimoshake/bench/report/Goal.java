package io.nimoshake.bench.report;

/**
 * Something this project wants to be true of its speed.
 *
 * @param measured the value
 * @param limit what it is compared with
 * @param atMost whether it must not be larger, or else not smaller
 * @param asserted whether it is a ratio of things that were run in turn, and so holds on any
 *     machine; only those count for {@code --assert}
 */
public record Goal(String text, double measured, double limit, boolean atMost, boolean asserted) {
  /** A ratio that must not be larger than the limit. */
  public static Goal ratio(String text, double measured, double limit) {
    return new Goal(text, measured, limit, true, true);
  }

  /** A time, rate or size on this machine. */
  public static Goal here(String text, double measured, double limit, boolean atMost) {
    return new Goal(text, measured, limit, atMost, false);
  }

  public boolean isReached() {
    return atMost ? measured <= limit : measured >= limit;
  }
}
