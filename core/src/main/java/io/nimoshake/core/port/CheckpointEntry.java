package io.nimoshake.core.port;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One thing a checkpoint says. An entry replaces the one stored before for the same subject. */
public sealed interface CheckpointEntry
    permits CheckpointEntry.OfSync,
        CheckpointEntry.OfTable,
        CheckpointEntry.OfSplit,
        CheckpointEntry.SplitForgotten,
        CheckpointEntry.TableForgotten {

  /** What this entry is about. */
  Subject subject();

  /**
   * What an entry is about: the whole sync if both are empty, a table, or a split of it.
   *
   * @param table name of the table
   * @param splitId id of the split within its table
   */
  record Subject(Optional<String> table, Optional<String> splitId) {
    private static final Subject SYNC = new Subject(Optional.empty(), Optional.empty());

    private static Subject ofTable(String table) {
      return new Subject(Optional.of(table), Optional.empty());
    }

    private static Subject ofSplit(String table, String splitId) {
      return new Subject(Optional.of(table), Optional.of(splitId));
    }
  }

  /** The whole sync: {@code full_sync} until every table is copied, then {@code incr_sync}. */
  record OfSync(boolean copied) implements CheckpointEntry {
    @Override
    public Subject subject() {
      return Subject.SYNC;
    }
  }

  /**
   * A table.
   *
   * @param phase how far it is
   * @param started T0: the service's clock before the first Scan; empty without a stream
   * @param streams ARNs of its streams, oldest first; a later one is read when the earlier ended
   * @param segments number of segments of the copy
   * @param fresh whether the target collection held nothing of others when the copy began
   * @param beside whether it is written beside the collection whose place it is to take
   */
  record OfTable(
      String table,
      Phase phase,
      Optional<Instant> started,
      List<String> streams,
      int segments,
      boolean fresh,
      boolean beside)
      implements CheckpointEntry {
    public OfTable {
      streams = List.copyOf(streams);
    }

    @Override
    public Subject subject() {
      return Subject.ofTable(table);
    }

    public OfTable withPhase(Phase next) {
      return new OfTable(table, next, started, streams, segments, fresh, beside);
    }

    /** It is to be copied beside from the start; its splits say nothing any more. */
    public OfTable toBeginAnew() {
      return new OfTable(table, Phase.COPYING, started, streams, 0, fresh, true);
    }

    /** It has taken its place. */
    public OfTable swappedIn() {
      return new OfTable(table, Phase.COPIED, started, streams, segments, fresh, false);
    }
  }

  /** How far a table is. */
  enum Phase {
    /** Segments are being copied. */
    COPYING,
    /** Every segment is durable; tombstones are purged and indexes built. */
    FINISHING,
    /** Written beside, complete, and about to take its place; nothing is written meanwhile. */
    SWAPPING,
    /** Copied; what remains is the stream. */
    COPIED
  }

  /**
   * A split.
   *
   * @param position everything before it is durable in the target; {@link Position#BEGINNING} if it
   *     was not started
   * @param recordTime creation time of the last durable record of a shard
   * @param updated when the position was reached, by this machine's clock
   * @param completeUntil every change of a shard that was made before this moment is durable; empty
   *     where no more is known than {@code recordTime} says
   */
  record OfSplit(
      Split split,
      Position position,
      Optional<Instant> recordTime,
      Instant updated,
      Optional<Instant> completeUntil)
      implements CheckpointEntry {
    public OfSplit(Split split, Position position, Optional<Instant> recordTime, Instant updated) {
      this(split, position, recordTime, updated, Optional.empty());
    }

    @Override
    public Subject subject() {
      return Subject.ofSplit(split.table(), split.id());
    }
  }

  /** A finished split that cannot come back. */
  record SplitForgotten(String table, String splitId) implements CheckpointEntry {
    @Override
    public Subject subject() {
      return Subject.ofSplit(table, splitId);
    }
  }

  /** A table that is to be copied afresh, or no longer wanted; its splits go with it. */
  record TableForgotten(String table) implements CheckpointEntry {
    @Override
    public Subject subject() {
      return Subject.ofTable(table);
    }
  }
}
