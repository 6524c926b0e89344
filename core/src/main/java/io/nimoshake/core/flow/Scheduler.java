package io.nimoshake.core.flow;

import java.time.Duration;

/**
 * Where work runs. The program gives threads and the machine's clock, the simulator one thread and
 * a clock of its own.
 */
public interface Scheduler extends Clock {
  /** Runs something that may block, soon, on some thread. Never runs it within this call. */
  void execute(Runnable work);

  /** Runs something after a time, as {@link #execute} would. */
  void after(Duration delay, Runnable work);

  /**
   * Runs a read that may block, as {@link #execute} does. Where threads are scarce it has one that
   * is used for nothing else, so that reads that hang keep nothing else waiting.
   */
  default void executeRead(Runnable read) {
    execute(read);
  }

  /** How many reads of one table may be under way at a time. */
  default int readsOfATable() {
    return Integer.MAX_VALUE;
  }

  /**
   * A way for calls that manage tables: they wait long for their turn at a limit that all tables
   * share, or for an index, and no read, write or timer may wait behind them.
   */
  default Scheduler management() {
    return this;
  }

  /**
   * A way for what must never wait for reads and writes that hang: the lease, the checkpoint and
   * the end. Where no work waits for other work it is this scheduler itself.
   */
  default Scheduler control() {
    return this;
  }
}
