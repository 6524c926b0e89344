package io.nimoshake.app.progress;

import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.plan.TableState;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How fast each table is written, smoothed over about ten seconds, and how long its copy will still
 * take at that rate. Safe for use by several threads.
 */
public final class Rates {
  private static final double NANOS = 1e9;
  private static final double SMOOTHED_SECONDS = 10;

  /** Two samples that are closer than this would give a rate that is mostly noise. */
  private static final double LEAST_SECONDS = 0.5;

  private final Map<String, Sample> last = new HashMap<>();

  /** Items and changes written a second. */
  public record Rate(double copy, double stream) {
    static final Rate NONE = new Rate(0, 0);

    public double total() {
      return copy + stream;
    }
  }

  private record Sample(long nanos, long copied, long changed, Optional<Rate> rate) {}

  /** Takes a sample of the counters. Call it about once a second. */
  public synchronized void look(SyncView view, long nowNanos) {
    for (TableView table : view.tables()) {
      long copied = table.stats().copy.written.sum();
      long changed = table.stats().stream.written.sum();
      Sample before = last.get(table.name());
      if (before == null) {
        last.put(table.name(), new Sample(nowNanos, copied, changed, Optional.empty()));
        continue;
      }
      double seconds = (nowNanos - before.nanos) / NANOS;
      if (seconds >= LEAST_SECONDS) {
        Rate now =
            new Rate((copied - before.copied) / seconds, (changed - before.changed) / seconds);
        Rate smooth = before.rate.map(rate -> smooth(rate, now, seconds)).orElse(now);
        last.put(table.name(), new Sample(nowNanos, copied, changed, Optional.of(smooth)));
      }
    }
    last.keySet().removeIf(name -> view.tables().stream().noneMatch(t -> t.name().equals(name)));
  }

  private static Rate smooth(Rate before, Rate now, double seconds) {
    double kept = Math.exp(-seconds / SMOOTHED_SECONDS);
    return new Rate(
        kept * before.copy + (1 - kept) * now.copy, kept * before.stream + (1 - kept) * now.stream);
  }

  public synchronized Rate of(String table) {
    return Optional.ofNullable(last.get(table)).flatMap(Sample::rate).orElse(Rate.NONE);
  }

  /** How many seconds the copy of a table will still take; empty if that is not known. */
  public OptionalLong secondsLeft(TableView table) {
    double rate = of(table.name()).copy();
    long total = table.approximateItems().orElse(0L);
    if (table.plan().state() != TableState.COPYING || total == 0 || rate < 0.1) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(Math.round((1 - Fraction.of(table)) * total / rate));
  }
}
