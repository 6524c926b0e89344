package io.nimoshake.app.sync;

import io.nimoshake.app.program.ExitCode;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What SIGTERM and SIGINT do. While the sync starts, they interrupt the thread that starts it, and
 * the process ends with exit code 0. Once the sync runs, they drain it.
 *
 * <pre>
 *   STARTING ---- running() ----> RUNNING ---- remove() ----> (no hook)
 *      |                             |
 *      | signal                      | signal
 *      v                             v
 *   interrupt, wait for           drain
 *   remove(), exit 0
 * </pre>
 */
final class StopSignal {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);

  private final long limitMillis;
  private final Thread starter = Thread.currentThread();
  private final Thread hook = new Thread(this::received, "nimo-shake-drain");
  private final CountDownLatch removed = new CountDownLatch(1);

  // Guarded by this.
  private Optional<Runnable> drain = Optional.empty();
  private boolean received;

  private StopSignal(long limitMillis) {
    this.limitMillis = limitMillis;
  }

  /**
   * Watches for signals from now on. This thread starts the sync.
   *
   * @param limitMillis the longest time from the signal to the end while the sync starts
   */
  static StopSignal watch(long limitMillis) {
    StopSignal signal = new StopSignal(limitMillis);
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  /**
   * The sync runs. From now on a signal calls this; it must end the process.
   *
   * @return false if a signal came first: then the caller must stop the sync
   */
  synchronized boolean running(Runnable drainSync) {
    if (received) {
      // The interrupt was for the start, which is over.
      Thread.interrupted();
      return false;
    }
    drain = Optional.of(drainSync);
    return true;
  }

  /** Whether a signal came before the sync was running. */
  synchronized boolean endsStart() {
    return received && drain.isEmpty();
  }

  /** Everything is cleaned up. If a signal ends the process, this does not return. */
  void remove() throws InterruptedException {
    removed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is already ending: the hook ends it.
      hook.join();
    }
  }

  private void received() {
    Optional<Runnable> running;
    synchronized (this) {
      received = true;
      running = drain;
      if (running.isEmpty()) {
        starter.interrupt();
      }
    }
    if (running.isPresent()) {
      running.get().run();
      return;
    }
    LOG.info("stopping: the sync has not started yet");
    try {
      if (!removed.await(limitMillis, TimeUnit.MILLISECONDS)) {
        LOG.warn("start-up did not stop in time");
      }
    } catch (InterruptedException e) {
      LOG.warn("stopping was interrupted", e);
    }
    // The JVM would end with the signal's exit code.
    Runtime.getRuntime().halt(ExitCode.DONE);
  }
}
