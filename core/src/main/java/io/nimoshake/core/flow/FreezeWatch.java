package io.nimoshake.core.flow;

import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Split;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What the pipelines look for while a cut-over waits: shards that are read empty, and records of
 * writers that have not stopped. The plan decides what follows from both. Shared by all tables;
 * safe for use by several threads.
 */
public final class FreezeWatch {
  /** How long a shard is left alone after an empty page: the applications stand still meanwhile. */
  private static final Duration POLL = Duration.ofMillis(500);

  /**
   * The newest record of a writer that has not stopped.
   *
   * @param key of its item; empty if a filter leaves the item out, or the record was read before
   *     the cut-over began
   * @param created when the record was created, by the service's clock
   */
  public record LateWrite(String table, Optional<ItemKey> key, Instant created) {}

  private record Watch(Instant freeze, Instant emptyFrom) {}

  private volatile Optional<Watch> watch = Optional.empty();
  private volatile Optional<LateWrite> lateWrite = Optional.empty();

  /**
   * A cut-over waits.
   *
   * @param freeze nothing is to be written after this moment
   * @param emptyFrom an empty page counts if its call began at this moment or later
   */
  public void begin(Instant freeze, Instant emptyFrom) {
    watch = Optional.of(new Watch(freeze, emptyFrom));
  }

  /** No cut-over waits any more. */
  public void end() {
    watch = Optional.empty();
    lateWrite = Optional.empty();
  }

  /** The last record that was created after the freeze time, since the cut-over began. */
  public Optional<LateWrite> lateWrite() {
    return lateWrite;
  }

  /** A record that is newer than the freeze time was read before the cut-over began. */
  public void note(String table, Instant created) {
    lateWrite = Optional.of(new LateWrite(table, Optional.empty(), created));
  }

  /** A page of a shard was read. */
  void read(Split split, ChangeBatch page) {
    Optional<Watch> now = watch;
    Optional<Instant> newest = page.newestRecord();
    if (now.isPresent() && newest.isPresent() && newest.get().isAfter(now.get().freeze)) {
      lateWrite = Optional.of(new LateWrite(split.table(), page.newestKey(), newest.get()));
    }
  }

  /** Whether an empty page counts for a cut-over. */
  boolean counts(ChangeBatch emptyPage) {
    Optional<Watch> now = watch;
    return now.isPresent()
        && emptyPage.begun().filter(begun -> !begun.isBefore(now.get().emptyFrom)).isPresent();
  }

  /** How long to wait after an empty page, where it would be this long without a cut-over. */
  Duration pause(Duration usual) {
    return watch.isPresent() && usual.compareTo(POLL) > 0 ? POLL : usual;
  }
}
