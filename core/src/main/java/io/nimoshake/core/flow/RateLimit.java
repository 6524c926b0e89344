package io.nimoshake.core.flow;

/**
 * A rate that can be changed at any time. The caller takes units and is told how long to wait
 * before it uses them. It may take more than there are, because the cost of a page is known only
 * afterwards; later callers wait for that. Unused units of up to a tenth of a second are kept.
 */
public final class RateLimit {
  private static final double NANOS = 1e9;
  private static final double BURST_SECONDS = 0.1;

  private double perSecond;
  private double available;
  private long lastNanos;
  private boolean started;

  /**
   * @param perSecond units a second; 0 for no limit
   */
  public RateLimit(double perSecond) {
    this.perSecond = perSecond;
  }

  public synchronized void set(double unitsPerSecond) {
    perSecond = unitsPerSecond;
    available = Math.max(available, 0);
  }

  public synchronized double get() {
    return perSecond;
  }

  /**
   * Takes units, possibly ahead of time.
   *
   * @return nanoseconds to wait before they may be used
   */
  public synchronized long take(double units, long nowNanos) {
    if (perSecond <= 0) {
      return 0;
    }
    double burst = Math.max(1, perSecond * BURST_SECONDS);
    if (!started) {
      started = true;
      available = burst;
    } else {
      available = Math.min(burst, available + (nowNanos - lastNanos) / NANOS * perSecond);
    }
    lastNanos = nowNanos;
    available -= units;
    return available >= 0 ? 0 : (long) (-available / perSecond * NANOS);
  }
}
