package io.nimoshake.core.flow;

import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Split;
import java.time.Instant;
import java.util.function.LongConsumer;

/**
 * Accounts for the pages of one split: the memory they take between the request and the end of the
 * write, and what is counted of them. Memory is reserved before a page is read, for a page like the
 * last one, and corrected when its size is known.
 */
final class PageAccount {
  /** A first guess; a page of 1 MB of items is rarely larger than this in memory. */
  private static final long FIRST_PAGE_BYTES = 1 << 20;

  private static final long LEAST_PAGE_BYTES = 16 << 10;

  /** A page lies in memory as the answer, as items, and as what a driver sends of it. */
  private static final int COPIES = 3;

  private final Split split;
  private final TableFlow table;
  private final TableStats.Kind kind;
  private final ShardProgress progress;

  /** Used only before and in the one read under way. */
  private long expectedBytes = COPIES * FIRST_PAGE_BYTES;

  PageAccount(Split split, TableFlow table) {
    this.split = split;
    this.table = table;
    this.kind = table.stats().of(split);
    this.progress = table.stats().progress(split);
  }

  /**
   * Reserves memory for the next page.
   *
   * @param reserved told how many bytes it got, maybe within this call
   */
  void reserve(LongConsumer reserved) {
    long bytes = Math.min(expectedBytes, table.memory().largestReservation());
    table.memory().acquire(bytes, () -> reserved.accept(bytes));
  }

  /** No page was read: gives the memory back. */
  void cancel(long reservedBytes) {
    table.memory().release(reservedBytes);
  }

  /** A page was read: it is counted, and the reserved memory is corrected to its size. */
  void read(ChangeBatch page, long reservedBytes) {
    table.memory().adjust(reservedBytes, bytes(page));
    expectedBytes = Math.max(LEAST_PAGE_BYTES, bytes(page));
    kind.read.add(page.itemsRead());
    kind.scanned.add(page.itemsScanned());
    kind.readBytes.add(page.bytes());
    kind.coalesced.add(page.coalesced());
    kind.skipped.add(page.skipped());
    kind.capacityMilliUnits.add((long) (page.capacityUnits() * 1000));
    table.limits().afterRead(split, page.capacityUnits(), table.scheduler().nanoTime());
  }

  /** The split had no more records than were read, when it was asked at this moment. */
  void readToEnd(Instant asked) {
    progress.readToEnd(asked);
  }

  /** A read has failed and will be tried again. */
  void failing() {
    progress.failing();
  }

  /** Nothing more is read. */
  void over() {
    table.stats().over(split, progress);
  }

  /** The changes of the page are on their way to the target. */
  void inFlight(ChangeBatch page) {
    kind.inFlight.add(page.changes().size());
    kind.heldBytes.add(bytes(page));
    progress.read(page);
  }

  /** The page was in flight and is durable or given up. */
  void landed(ChangeBatch page) {
    drop(page);
    kind.inFlight.add(-page.changes().size());
    kind.heldBytes.add(-bytes(page));
    progress.landed(page);
  }

  /** The page is not written. */
  void drop(ChangeBatch page) {
    table.memory().release(bytes(page));
  }

  private static long bytes(ChangeBatch page) {
    return COPIES * page.bytes();
  }
}
