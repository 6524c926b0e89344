package io.nimoshake.core.engine;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs work, so many pieces at a time at most; what comes in addition waits in order. On virtual
 * threads where the JVM has them, and then without a bound. Else the thread that was used last is
 * the first to be used again, and one without work for 30 s ends: there are only as many threads as
 * pieces of work at a time, not as many as allowed. If the system has no more threads to give, work
 * waits for those that there are, and more are asked for a moment later. It relies on work that
 * throws nothing.
 */
final class WorkerThreads implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerThreads.class);

  static final boolean ARE_VIRTUAL = Runtime.version().feature() >= 21;

  private static final long IDLE_SECONDS = 30;
  private static final long SECONDS_BETWEEN_LINES = 60;

  private final ExecutorService threads;
  private final int most;
  private final Consumer<Runnable> later;

  // Guarded by this.
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int busy;

  /** For a moment after no thread could be made: as many as there were. Else {@link #most}. */
  private int allowed;

  private int failures;
  private long loggedNanos;
  private boolean closed;

  private WorkerThreads(ExecutorService threads, int most, Consumer<Runnable> later) {
    this.threads = threads;
    this.most = most;
    this.allowed = most;
    this.later = later;
  }

  /**
   * @param later runs something after a moment, on a thread that is there already
   */
  static WorkerThreads unbounded(String name, Consumer<Runnable> later) {
    return bounded(Integer.MAX_VALUE, name, later);
  }

  /** At most so many at a time, where there are no virtual threads. */
  static WorkerThreads bounded(int most, String name, Consumer<Runnable> later) {
    return ARE_VIRTUAL
        ? new WorkerThreads(virtualThreads(), Integer.MAX_VALUE, later)
        : platform(most, work -> ThreadScheduler.daemon(work, name), later);
  }

  static WorkerThreads platform(int most, ThreadFactory factory, Consumer<Runnable> later) {
    return new WorkerThreads(
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            factory),
        most,
        later);
  }

  private static ExecutorService virtualThreads() {
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("a JVM of " + Runtime.version() + " without them", e);
    }
  }

  /** Runs the work soon; never, once this is closed. */
  synchronized void execute(Runnable work) {
    if (closed) {
      return;
    }
    waiting.add(work);
    if (busy < allowed) {
      begin();
    }
  }

  /** Called with the lock held. */
  private void begin() {
    try {
      threads.execute(this::runWaiting);
      busy++;
      // So the JVM says that the system gives it no more threads. It can be over in a moment.
    } catch (OutOfMemoryError e) {
      boolean awaited = allowed < most;
      allowed = busy;
      failures++;
      if (!awaited) {
        log(e);
        later.accept(this::beginMore);
      }
    }
  }

  private synchronized void beginMore() {
    allowed = most;
    for (int pieces = waiting.size(); pieces > 0 && busy < allowed; pieces--) {
      begin();
    }
  }

  private void log(OutOfMemoryError error) {
    long now = System.nanoTime();
    if (failures == 1 || now - loggedNanos > TimeUnit.SECONDS.toNanos(SECONDS_BETWEEN_LINES)) {
      loggedNanos = now;
      LOG.warn(
          "no thread can be made, {} times so far ({}). Work waits for the {} that run. Allow this"
              + " process more threads",
          failures,
          error.getMessage(),
          busy);
    }
  }

  private void runWaiting() {
    for (Runnable work = next(); work != null; work = next()) {
      work.run();
    }
  }

  private synchronized Runnable next() {
    Runnable work = waiting.poll();
    busy -= work == null ? 1 : 0;
    return work;
  }

  /** Interrupts what runs, and forgets what has not begun. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      waiting.clear();
    }
    threads.shutdownNow();
  }
}
