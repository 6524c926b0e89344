package io.nimoshake.core.engine;

import io.nimoshake.core.flow.MachineClock;
import io.nimoshake.core.flow.Scheduler;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs work on virtual threads where the JVM has them, else on a bounded pool. The pool's queue has
 * no bound of its own: each split, write and command has at most a few pieces of work in it, and
 * those are bounded by splits, writers and memory.
 */
public final class ThreadScheduler implements Scheduler, MachineClock, AutoCloseable {
  private static final int JDK_WITH_VIRTUAL_THREADS = 21;

  /** The lease, the checkpoint and one more. */
  private static final int CONTROL_THREADS = 3;

  private final ExecutorService workers;
  private final ExecutorService controllers;
  private final Scheduler control = new Control();
  private final ScheduledThreadPoolExecutor timer;
  private volatile Consumer<Throwable> onBug = bug -> {};

  /**
   * @param ioThreads most blocking calls at a time where there are no virtual threads
   */
  public ThreadScheduler(int ioThreads) {
    workers = threads(ioThreads, "nimo-shake-io");
    controllers = threads(CONTROL_THREADS, "nimo-shake-control");
    timer = new ScheduledThreadPoolExecutor(1, work -> daemon(work, "nimo-shake-timer"));
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  private static ExecutorService threads(int most, String name) {
    if (Runtime.version().feature() >= JDK_WITH_VIRTUAL_THREADS) {
      try {
        return (ExecutorService)
            Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
      } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException("a JVM of " + Runtime.version() + " without them", e);
      }
    }
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            most,
            most,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> daemon(work, name));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Told of exceptions that no code expects: the sync must end then, not hang. */
  public void onBug(Consumer<Throwable> handler) {
    onBug = handler;
  }

  @Override
  public void execute(Runnable work) {
    execute(workers, work);
  }

  private void execute(ExecutorService threads, Runnable work) {
    try {
      threads.execute(() -> runReportingBugs(work));
    } catch (RejectedExecutionException e) {
      // Closed: the sync is over and nobody waits for this work.
      if (!threads.isShutdown()) {
        throw e;
      }
    }
  }

  private void runReportingBugs(Runnable work) {
    try {
      work.run();
      // Of whatever kind: work that ends unseen would leave the sync waiting for ever.
    } catch (RuntimeException | Error bug) {
      onBug.accept(bug);
    }
  }

  @Override
  public void after(Duration delay, Runnable work) {
    after(workers, delay, work);
  }

  private void after(ExecutorService threads, Duration delay, Runnable work) {
    try {
      timer.schedule(() -> execute(threads, work), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // Closed: as above.
      if (!timer.isShutdown()) {
        throw e;
      }
    }
  }

  @Override
  public Scheduler control() {
    return control;
  }

  @Override
  public void close() {
    timer.shutdownNow();
    workers.shutdownNow();
    controllers.shutdownNow();
  }

  /** The same clock, with threads of its own. */
  private final class Control implements Scheduler {
    @Override
    public void execute(Runnable work) {
      ThreadScheduler.this.execute(controllers, work);
    }

    @Override
    public void after(Duration delay, Runnable work) {
      ThreadScheduler.this.after(controllers, delay, work);
    }

    @Override
    public Instant now() {
      return ThreadScheduler.this.now();
    }

    @Override
    public long nanoTime() {
      return ThreadScheduler.this.nanoTime();
    }

    @Override
    public double random() {
      return ThreadScheduler.this.random();
    }
  }
}
