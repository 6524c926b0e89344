package io.nimoshake.core.engine;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs work, so many pieces at a time at most; what comes in addition waits in order. On virtual
 * threads where the JVM has them, and then without a bound. Else the thread that was used last is
 * the first to be used again, and one without work for 30 s ends: there are only as many threads as
 * pieces of work at a time, not as many as allowed. It relies on work that throws nothing.
 */
final class WorkerThreads implements AutoCloseable {
  static final boolean ARE_VIRTUAL = Runtime.version().feature() >= 21;

  private static final long IDLE_SECONDS = 30;

  private final ExecutorService threads;
  private final int most;

  // Guarded by this.
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int busy;
  private boolean closed;

  private WorkerThreads(ExecutorService threads, int most) {
    this.threads = threads;
    this.most = most;
  }

  static WorkerThreads unbounded(String name) {
    return ARE_VIRTUAL
        ? new WorkerThreads(virtualThreads(), Integer.MAX_VALUE)
        : platform(Integer.MAX_VALUE, name);
  }

  /** At most so many at a time, where there are no virtual threads. */
  static WorkerThreads bounded(int most, String name) {
    return ARE_VIRTUAL ? unbounded(name) : platform(most, name);
  }

  static WorkerThreads platform(int most, String name) {
    return new WorkerThreads(
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            work -> ThreadScheduler.daemon(work, name)),
        most);
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
    if (busy == most) {
      waiting.add(work);
    } else {
      // If no thread can be made, it is not busy either.
      threads.execute(() -> runFrom(work));
      busy++;
    }
  }

  private void runFrom(Runnable first) {
    for (Runnable work = first; work != null; work = next()) {
      work.run();
    }
  }

  private synchronized Runnable next() {
    Runnable work = waiting.poll();
    busy -= work == null ? 1 : 0;
    return work;
  }

  /** Interrupts what runs, and forgets what waits. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      waiting.clear();
    }
    threads.shutdownNow();
  }
}
