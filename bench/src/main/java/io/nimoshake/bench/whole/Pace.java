package io.nimoshake.bench.whole;

import io.nimoshake.testkit.canned.CannedMongo;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Lets the changes of one shard come at a steady rate, and notes the lag with which each of them
 * reaches the target. Change number <i>n</i> comes <i>n</i> / rate seconds after {@link #begin}.
 */
final class Pace implements LongSupplier, CannedMongo.Listener {
  private static final byte[] PREFIX = "item-".getBytes(StandardCharsets.US_ASCII);
  private static final int DIGITS = 12;

  /** An update begins with its filter, so the key is in its first bytes. */
  private static final int LOOKED_AT = 128;

  private final double changesPerSecond;

  // Guarded by this.
  private boolean begun;
  private long begunNanos;
  private List<Double> lagMillis = new ArrayList<>();

  Pace(double changesPerSecond) {
    this.changesPerSecond = changesPerSecond;
  }

  /** The item whose changes come; its number is that of the change. */
  static String id(String number) {
    return new String(PREFIX, StandardCharsets.US_ASCII) + number;
  }

  /** From now on, changes come. */
  synchronized void begin() {
    begun = true;
    begunNanos = System.nanoTime();
  }

  /** How many changes have come. */
  @Override
  public synchronized long getAsLong() {
    double seconds = begun ? (System.nanoTime() - begunNanos) / 1e9 : 0;
    return (long) (seconds * changesPerSecond);
  }

  @Override
  public void written(byte[] bytes, int offset, int length) {
    int end = offset + Math.min(LOOKED_AT, length) - PREFIX.length - DIGITS;
    for (int at = offset; at < end; at++) {
      if (Arrays.equals(bytes, at, at + PREFIX.length, PREFIX, 0, PREFIX.length)) {
        long number = 0;
        for (int i = 0; i < DIGITS; i++) {
          number = number * 10 + bytes[at + PREFIX.length + i] - '0';
        }
        arrived(number);
        return;
      }
    }
  }

  private synchronized void arrived(long number) {
    double due = begunNanos + (number + 1) / changesPerSecond * TimeUnit.SECONDS.toNanos(1);
    lagMillis.add(Math.max(0, System.nanoTime() - due) / 1e6);
  }

  /** The lag of each change that has arrived since this was called last. */
  synchronized List<Double> takeLags() {
    List<Double> taken = lagMillis;
    lagMillis = new ArrayList<>();
    return taken;
  }
}
