package io.nimoshake.core.flow;

import io.nimoshake.core.model.Split;
import java.time.Duration;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;

/**
 * Lets a split wait for its turn to be read: until its table is not paused, the rate allows one
 * more call, not too many reads of the table are under way, and there is memory for a page. No
 * thread waits meanwhile.
 */
final class ReadTurn {
  /** Whoever waits for a limit sees after this time that it was changed. */
  private static final Duration LOOK_AT_LIMITS = Duration.ofSeconds(1);

  private final Split split;
  private final TableFlow table;
  private final PageAccount pages;
  private final IdlePolling polling;
  private final LongConsumer read;

  /**
   * @param pages reserves the memory of the page
   * @param polling hears when the table is paused
   * @param read called on a thread of its own, with the bytes of memory that are reserved
   */
  ReadTurn(
      Split split, TableFlow table, PageAccount pages, IdlePolling polling, LongConsumer read) {
    this.split = split;
    this.table = table;
    this.pages = pages;
    this.polling = polling;
    this.read = read;
  }

  /** Waits for the next turn, which does not come before this time has passed. */
  void awaitAfter(Duration delay) {
    then(delay, this::awaitGate);
  }

  private void awaitGate() {
    if (!table.limits().gate().isOpen()) {
      polling.interrupted();
    }
    table.limits().gate().pass(this::takeCall);
  }

  private void takeCall() {
    awaitRate(table.limits().beforeRead(split, table.scheduler().nanoTime()));
  }

  private void awaitRate(LongUnaryOperator waitNanos) {
    long nanos = waitNanos.applyAsLong(table.scheduler().nanoTime());
    if (nanos == 0) {
      table.reads().acquire(this::awaitMemory);
    } else {
      long step = Math.min(nanos, LOOK_AT_LIMITS.toNanos());
      table.scheduler().after(Duration.ofNanos(step), () -> awaitRate(waitNanos));
    }
  }

  private void awaitMemory() {
    pages.reserve(bytes -> table.scheduler().executeRead(() -> read(bytes)));
  }

  private void read(long bytes) {
    try {
      read.accept(bytes);
    } finally {
      table.reads().release();
    }
  }

  private void then(Duration delay, Runnable next) {
    if (delay.isZero()) {
      next.run();
    } else {
      table.scheduler().after(delay, next);
    }
  }
}
