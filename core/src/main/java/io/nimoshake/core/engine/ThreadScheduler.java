package io.nimoshake.core.engine;

import io.nimoshake.core.flow.MachineClock;
import io.nimoshake.core.flow.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs work on virtual threads where the JVM has them, else on pools. The pool of reads has no
 * bound: the reads of each table have one, so that those of one table that hang keep no other table
 * waiting. The pools of calls that manage tables and of all other work are bounded. Their queues
 * are not: each split, write and command has at most a few pieces of work in it, and those are
 * bounded by splits, writers and memory.
 */
public final class ThreadScheduler implements Scheduler, MachineClock, AutoCloseable {
  /** The lease, the checkpoint and one more. */
  private static final int CONTROL_THREADS = 3;

  /** Until threads are asked for again that could not be made. */
  private static final Duration MOMENT = Duration.ofSeconds(1);

  private final int readsOfATable;
  private final WorkerThreads readers;
  private final WorkerThreads workers;
  private final WorkerThreads managers;
  private final WorkerThreads controllers;
  private final Scheduler management;
  private final Scheduler control;
  private final ScheduledThreadPoolExecutor timer;
  private volatile Consumer<Throwable> onBug = bug -> {};

  /**
   * @param ioThreads where there are no virtual threads: most blocking reads of one table at a
   *     time, most calls that manage tables, and most other blocking calls at a time
   */
  public ThreadScheduler(int ioThreads) {
    readsOfATable = WorkerThreads.ARE_VIRTUAL ? Integer.MAX_VALUE : ioThreads;
    readers = WorkerThreads.unbounded("nimo-shake-read", this::soon);
    workers = WorkerThreads.bounded(ioThreads, "nimo-shake-io", this::soon);
    managers = WorkerThreads.bounded(ioThreads, "nimo-shake-manage", this::soon);
    controllers = WorkerThreads.bounded(CONTROL_THREADS, "nimo-shake-control", this::soon);
    management = new OnThreads(managers);
    control = new OnThreads(controllers);
    timer = new ScheduledThreadPoolExecutor(1, work -> daemon(work, "nimo-shake-timer"));
    // Whoever waits for a thread that cannot be made relies on this one.
    timer.prestartCoreThread();
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  static Thread daemon(Runnable work, String name) {
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

  @Override
  public void executeRead(Runnable read) {
    execute(readers, read);
  }

  @Override
  public int readsOfATable() {
    return readsOfATable;
  }

  /** Once this is closed, the sync is over and nobody waits for the work. */
  private void execute(WorkerThreads threads, Runnable work) {
    threads.execute(() -> runReportingBugs(work));
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

  private void after(WorkerThreads threads, Duration delay, Runnable work) {
    onTimer(delay, () -> execute(threads, work));
  }

  private void soon(Runnable work) {
    onTimer(MOMENT, work);
  }

  private void onTimer(Duration delay, Runnable work) {
    try {
      timer.schedule(() -> runReportingBugs(work), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // Closed: nobody waits for this work.
      if (!timer.isShutdown()) {
        throw e;
      }
    }
  }

  @Override
  public Scheduler management() {
    return management;
  }

  @Override
  public Scheduler control() {
    return control;
  }

  @Override
  public void close() {
    timer.shutdownNow();
    readers.close();
    workers.close();
    managers.close();
    controllers.close();
  }

  /** The same clock, with threads of its own. */
  private final class OnThreads implements Scheduler {
    private final WorkerThreads threads;

    OnThreads(WorkerThreads threads) {
      this.threads = threads;
    }

    @Override
    public void execute(Runnable work) {
      ThreadScheduler.this.execute(threads, work);
    }

    @Override
    public void after(Duration delay, Runnable work) {
      ThreadScheduler.this.after(threads, delay, work);
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
