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

  /** How often the rate was set. */
  private long changes;

  /**
   * @param perSecond units a second; 0 for no limit
   */
  public RateLimit(double perSecond) {
    this.perSecond = perSecond;
  }

  /** Whoever waits for units that were taken ahead of time gives them back, and takes new ones. */
  public synchronized void set(double unitsPerSecond) {
    perSecond = unitsPerSecond;
    available = Math.max(available, 0);
    changes++;
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

  /** Takes units as {@link #take} does, for whoever asks again while it waits. */
  Turn turn(double units, long nowNanos) {
    return new Turn(units, nowNanos);
  }

  /** Units that were taken. If the rate is set meanwhile, they are taken anew, at the new rate. */
  final class Turn {
    private final double units;

    // Guarded by the limit.
    private long changesSeen;
    private long dueNanos;

    private Turn(double units, long nowNanos) {
      this.units = units;
      synchronized (RateLimit.this) {
        take(nowNanos);
      }
    }

    private void take(long nowNanos) {
      changesSeen = changes;
      dueNanos = nowNanos + RateLimit.this.take(units, nowNanos);
    }

    /** Nanoseconds to wait before the units may be used. */
    long waitNanos(long nowNanos) {
      synchronized (RateLimit.this) {
        boolean waits = dueNanos - nowNanos > 0;
        if (waits && changesSeen != changes) {
          take(nowNanos);
        }
        return Math.max(0, dueNanos - nowNanos);
      }
    }
  }
}
