package io.nimoshake.bench.whole;

import io.nimoshake.bench.report.Spread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Writes items one by one at a steady rate, and asks the other side again and again which of them
 * have arrived: for many in one call, so that the questions are no load.
 */
final class PacedWrites {
  private static final int WRITERS = 4;
  private static final int ASK_EVERY_MILLIS = 3;
  private static final int MOST_IN_A_CALL = 100;

  private final Consumer<String> put;
  private final UnaryOperator<Set<String>> arrived;
  private final String prefix;

  PacedWrites(Consumer<String> put, UnaryOperator<Set<String>> arrived, String prefix) {
    this.put = put;
    this.arrived = arrived;
    this.prefix = prefix;
  }

  /** The lag of each change, in milliseconds. */
  Spread run(int changesPerSecond, int seconds, Duration limit) throws InterruptedException {
    int count = changesPerSecond * seconds;
    AtomicLongArray acknowledged = new AtomicLongArray(count);
    AtomicInteger next = new AtomicInteger();
    ScheduledExecutorService clock = Executors.newScheduledThreadPool(WRITERS);
    try {
      for (int writer = 0; writer < WRITERS; writer++) {
        long every = TimeUnit.SECONDS.toMicros(1) * WRITERS / changesPerSecond;
        clock.scheduleAtFixedRate(
            () -> write(next, acknowledged),
            writer * every / WRITERS,
            every,
            TimeUnit.MICROSECONDS);
      }
      return watch(acknowledged, System.nanoTime() + limit.toNanos());
    } finally {
      clock.shutdownNow();
    }
  }

  private void write(AtomicInteger next, AtomicLongArray acknowledged) {
    int number = next.getAndIncrement();
    if (number < acknowledged.length()) {
      put.accept(prefix + number);
      acknowledged.set(number, System.nanoTime());
    }
  }

  private Spread watch(AtomicLongArray acknowledged, long end) throws InterruptedException {
    List<Double> lags = new ArrayList<>();
    Set<Integer> missing = new TreeSet<>();
    int known = 0;
    while (lags.size() < acknowledged.length()) {
      while (known < acknowledged.length() && acknowledged.get(known) != 0) {
        missing.add(known++);
      }
      Map<String, Integer> asked = new HashMap<>();
      missing.stream().limit(MOST_IN_A_CALL).forEach(number -> asked.put(prefix + number, number));
      Set<String> there = asked.isEmpty() ? Set.of() : arrived.apply(asked.keySet());
      long now = System.nanoTime();
      for (String id : there) {
        int number = asked.get(id);
        missing.remove(number);
        lags.add(Math.max(0, now - acknowledged.get(number)) / 1e6);
      }
      if (now > end) {
        throw new IllegalStateException(missing.size() + " changes have not arrived");
      }
      TimeUnit.MILLISECONDS.sleep(ASK_EVERY_MILLIS);
    }
    return new Spread(lags);
  }
}
