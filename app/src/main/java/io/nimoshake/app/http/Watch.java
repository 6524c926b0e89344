package io.nimoshake.app.http;

import io.nimoshake.app.progress.Rates;
import io.nimoshake.app.progress.SyncMonitor;
import io.nimoshake.core.engine.SyncView;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a sample of a sync every second, for rates, standstill and history. */
final class Watch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
  private static final long LOOK_MILLIS = 1_000;

  private final SyncMonitor monitor;
  private final Rates rates = new Rates();
  private final Movement movement = new Movement();
  private final History history = new History();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "nimo-shake-watch");
            thread.setDaemon(true);
            return thread;
          });

  Watch(SyncMonitor monitor) {
    this.monitor = monitor;
  }

  void start() {
    timer.scheduleAtFixedRate(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      SyncView view = monitor.view();
      Instant now = Instant.now();
      rates.look(view, System.nanoTime());
      movement.look(view, now);
      history.look(view, now);
      // Any exception is a bug here. It must be logged, and it must not end the later samples.
    } catch (RuntimeException e) {
      LOG.error("taking a sample of the sync failed", e);
    }
  }

  Rates rates() {
    return rates;
  }

  Movement movement() {
    return movement;
  }

  History history() {
    return history;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
