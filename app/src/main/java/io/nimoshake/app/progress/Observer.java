package io.nimoshake.app.progress;

import io.nimoshake.app.program.Timers;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the numbers of a sync to everything that shows them: log, terminal, API, page, metrics. So
 * all of them show the same number for the same thing. Takes a sample every second, as rates need
 * time. Safe for use by several threads.
 */
public class Observer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Observer.class);
  private static final long SAMPLE_MILLIS = 1_000;

  private final SyncMonitor monitor;
  private final Rates rates = new Rates();
  private final List<Sampler> samplers = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService timer = Timers.daemon("nimo-shake-observer");
  private boolean started;

  /** Is called every second with the numbers of that moment. */
  public interface Sampler {
    void sample(SyncNumbers numbers);
  }

  public Observer(SyncMonitor monitor) {
    this.monitor = monitor;
  }

  /** The sync that is observed. */
  public SyncMonitor monitor() {
    return monitor;
  }

  /** Also calls this every second. */
  public void onSample(Sampler sampler) {
    samplers.add(sampler);
  }

  /** Begins to take samples; does nothing if that has begun. */
  public synchronized void start() {
    if (!started) {
      started = true;
      timer.scheduleAtFixedRate(
          () -> sample(System.nanoTime(), Instant.now()), 0, SAMPLE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Takes one sample. */
  void sample(long nowNanos, Instant now) {
    try {
      rates.sample(monitor.view(), nowNanos);
      SyncNumbers numbers = numbersAt(now);
      samplers.forEach(sampler -> sampler.sample(numbers));
      // Any exception is a bug here. It must be logged, and it must not end the later samples.
    } catch (RuntimeException e) {
      LOG.error("taking a sample of the sync failed", e);
    }
  }

  /** The numbers now. */
  public SyncNumbers numbers() {
    return numbersAt(Instant.now());
  }

  SyncNumbers numbersAt(Instant at) {
    return SyncNumbers.of(monitor.view(), rates, at);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
