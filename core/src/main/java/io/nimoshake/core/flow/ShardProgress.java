package io.nimoshake.core.flow;

import io.nimoshake.core.model.ChangeBatch;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * How far one shard is read and durable, for its lag. Written by its pipeline once for each page,
 * read by anyone at any time.
 */
public final class ShardProgress {
  /** Of the pages that were read and are not durable: when the oldest record to write was made. */
  private final Deque<Instant> unwritten = new ArrayDeque<>();

  private Optional<Instant> endAt = Optional.empty();
  private Optional<Instant> newestRead = Optional.empty();
  private boolean readToEnd;
  private boolean failing;

  /**
   * The progress at one moment.
   *
   * @param oldestUnwritten when the oldest record was created that was read and is not durable
   * @param readToEnd whether the last read found no more records
   * @param endAt when it was asked last and had no more records than were read, by the clock of
   *     this host
   * @param newestRead when the newest record was created that was read; empty before the first
   * @param failing whether reads fail
   */
  public record Now(
      Optional<Instant> oldestUnwritten,
      boolean readToEnd,
      Optional<Instant> endAt,
      Optional<Instant> newestRead,
      boolean failing) {}

  /**
   * The shard had no more records than were read.
   *
   * @param asked when it was asked, by the clock of this host
   */
  synchronized void readToEnd(Instant asked) {
    endAt = Optional.of(asked);
    readToEnd = true;
    failing = false;
  }

  /** A page was read. */
  synchronized void read(ChangeBatch page) {
    readToEnd = false;
    failing = false;
    newestRead = page.newestRecord().or(() -> newestRead);
    page.oldestRecord().ifPresent(unwritten::add);
  }

  /** The oldest page that is not durable is durable now, or given up. */
  synchronized void landed(ChangeBatch page) {
    page.oldestRecord().ifPresent(record -> unwritten.poll());
  }

  /** A read has failed and will be tried again. */
  synchronized void failing() {
    failing = true;
  }

  public synchronized Now now() {
    return new Now(Optional.ofNullable(unwritten.peek()), readToEnd, endAt, newestRead, failing);
  }
}
