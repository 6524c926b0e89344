package io.nimoshake.core.port;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One entry of a checkpoint. It replaces the entry stored before for the same subject. */
public sealed interface CheckpointEntry
    permits CheckpointEntry.OfSync,
        CheckpointEntry.OfMapping,
        CheckpointEntry.OfDirection,
        CheckpointEntry.OfTable,
        CheckpointEntry.OfSplit,
        CheckpointEntry.SplitForgotten,
        CheckpointEntry.TableForgotten {

  /** What this entry is about. */
  Subject subject();

  /**
   * What an entry is about: the whole sync if both are empty, its mapping, its direction, a table,
   * or a split of it.
   *
   * @param table name of the table
   * @param splitId id of the split within its table
   */
  record Subject(Optional<String> table, Optional<String> splitId) {
    private static final Subject SYNC = new Subject(Optional.empty(), Optional.empty());
    private static final Subject MAPPING = new Subject(Optional.empty(), Optional.of("mapping"));
    private static final Subject DIRECTION =
        new Subject(Optional.empty(), Optional.of("direction"));

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
   * The mapping by which the documents in the target were made. A sync without one has no such
   * entry.
   *
   * @param text what it says, as the user wrote it
   */
  record OfMapping(String text) implements CheckpointEntry {
    @Override
    public Subject subject() {
      return Subject.MAPPING;
    }
  }

  /**
   * Which direction of the sync is live. A sync without such an entry goes forward, as every sync
   * of a version before this entry did.
   *
   * @param direction the direction
   * @param at the moment from which it counts: for a cut-over and a return, every write made before
   *     it has arrived on the other side; by the clock of the service that was written to
   * @param wayBack where the change stream of the way back begins or began, as its source wrote it;
   *     empty where no way back was asked for
   */
  record OfDirection(Direction direction, Instant at, Optional<String> wayBack)
      implements CheckpointEntry {
    @Override
    public Subject subject() {
      return Subject.DIRECTION;
    }
  }

  /**
   * The directions of a sync.
   *
   * <pre>
   *   FORWARD -- cutover --> CUT_OVER -- sync_mode = back --> BACK -- return --> RETURNED
   *   CUT_OVER -- cutover --abort --> FORWARD
   *   RETURNED -- return --abort --> BACK
   *   RETURNED -- a sync from DynamoDB starts again --> FORWARD
   * </pre>
   */
  enum Direction {
    /** From DynamoDB to the target. */
    FORWARD,
    /** The applications write to the target. A sync from DynamoDB does not start again. */
    CUT_OVER,
    /** From the target back to DynamoDB. */
    BACK,
    /** The applications write to DynamoDB again. The way back does not start again. */
    RETURNED
  }

  /**
   * A table.
   *
   * @param phase where a restart goes on
   * @param started T0: the service's clock before the first Scan; empty without a stream
   * @param streams ARNs of its streams, oldest first; the last one is read
   * @param segments number of segments of the copy, or of files of its export
   * @param fresh whether the target collection held no documents of others when the copy began
   * @param beside whether the copy is written beside the collection that it will replace
   * @param export the export from which the table is copied; empty: by Scan. With no segment while
   *     it is COPYING, the export is still to be made
   * @param backfill what is backfilled while the phase is {@link Phase#BACKFILLING}; empty in every
   *     other phase
   */
  record OfTable(
      String table,
      Phase phase,
      Optional<Instant> started,
      List<String> streams,
      int segments,
      boolean fresh,
      boolean beside,
      Optional<String> export,
      Optional<Backfill> backfill)
      implements CheckpointEntry {
    public OfTable {
      streams = List.copyOf(streams);
      if (backfill.isPresent() != (phase == Phase.BACKFILLING)) {
        throw new IllegalArgumentException("phase " + phase + " with " + backfill);
      }
    }

    /** A table of which nothing is backfilled. */
    public OfTable(
        String table,
        Phase phase,
        Optional<Instant> started,
        List<String> streams,
        int segments,
        boolean fresh,
        boolean beside,
        Optional<String> export) {
      this(table, phase, started, streams, segments, fresh, beside, export, Optional.empty());
    }

    /** A table that is copied by Scan. */
    public OfTable(
        String table,
        Phase phase,
        Optional<Instant> started,
        List<String> streams,
        int segments,
        boolean fresh,
        boolean beside) {
      this(table, phase, started, streams, segments, fresh, beside, Optional.empty());
    }

    @Override
    public Subject subject() {
      return Subject.ofTable(table);
    }

    /** The same in another phase. Nothing is backfilled in it. */
    public OfTable withPhase(Phase next) {
      return new OfTable(table, next, started, streams, segments, fresh, beside, export);
    }

    /** Whether the export is still to be made from which the table is copied. */
    public boolean awaitsExport() {
      return phase == Phase.COPYING && export.isPresent() && segments == 0;
    }

    /**
     * The same with an export to copy from.
     *
     * @param files number of its files; 0 if it is still to be made
     */
    public OfTable withExport(String id, int files) {
      return new OfTable(table, phase, started, streams, files, fresh, beside, Optional.of(id));
    }

    /** The table is to be copied again, beside its collection. Its splits do not count any more. */
    public OfTable toBeginAnew() {
      return new OfTable(table, Phase.COPYING, started, streams, 0, fresh, true);
    }

    /** The new copy has replaced the old collection. */
    public OfTable swappedIn() {
      return new OfTable(table, Phase.COPIED, started, streams, segments, fresh, false, export);
    }

    /** Changes are missing and are applied from exports. Its shards do not count any more. */
    public OfTable backfilling(Backfill next) {
      return new OfTable(
          table,
          Phase.BACKFILLING,
          started,
          streams,
          segments,
          fresh,
          beside,
          export,
          Optional.of(next));
    }

    /** The same, and this is the stream that is read after the backfill. */
    public OfTable backfilling(Backfill next, String stream) {
      return new OfTable(
          table,
          Phase.BACKFILLING,
          started,
          List.of(stream),
          segments,
          fresh,
          beside,
          export,
          Optional.of(next));
    }

    /**
     * Every change made before {@code end} is applied. The stream brings the changes since then.
     */
    public OfTable backfilled(Instant end) {
      return new OfTable(
          table, Phase.COPIED, Optional.of(end), streams, segments, fresh, beside, export);
    }

    /** It is copied, and this stream brings the changes since {@code start}. */
    public OfTable followedFrom(Instant start, String stream) {
      return new OfTable(
          table,
          Phase.COPIED,
          Optional.of(start),
          List.of(stream),
          segments,
          fresh,
          beside,
          export);
    }
  }

  /** Where a table goes on after a restart. */
  enum Phase {
    /** Segments are being copied. */
    COPYING,
    /** Every segment is durable. Tombstones have to be removed and indexes built. */
    FINISHING,
    /**
     * The copy beside is complete and replaces the old collection. Nothing is written meanwhile.
     */
    SWAPPING,
    /** The table is copied. Its stream remains to be followed. */
    COPIED,
    /** The table is copied. Changes that expired unread are being applied from exports. */
    BACKFILLING;

    /** Whether the copy has ended. */
    public boolean isCopied() {
      return this == COPIED || this == BACKFILLING;
    }
  }

  /**
   * How far the missing changes of a table are applied from incremental exports.
   *
   * @param cause why changes are missing, for people
   * @param from no change that was made before this moment is missing
   * @param applied every change that was made before this moment is applied
   * @param until the backfill may not end before this moment
   * @param written no change that was made at this moment or later was written before the backfill
   * @param windows number of windows that are applied
   * @param window the window that is being applied
   */
  record Backfill(
      String cause,
      Instant from,
      Instant applied,
      Instant until,
      Instant written,
      int windows,
      Optional<Window> window) {
    public Backfill withUntil(Instant next) {
      return new Backfill(cause, from, applied, next, written, windows, window);
    }

    public Backfill withWritten(Instant next) {
      return new Backfill(cause, from, applied, until, next, windows, window);
    }

    public Backfill withWindow(Window next) {
      return new Backfill(cause, from, applied, until, written, windows, Optional.of(next));
    }

    /** The window is applied. */
    public Backfill windowApplied() {
      return new Backfill(
          cause, from, window.orElseThrow().to(), until, written, windows + 1, Optional.empty());
    }
  }

  /**
   * A span of time of which the changes are exported.
   *
   * @param from inclusive
   * @param to exclusive
   * @param export identifies the export once it is complete
   * @param files number of its files
   */
  record Window(Instant from, Instant to, Optional<String> export, int files) {
    /** A window of which no export is known. */
    public Window(Instant from, Instant to) {
      this(from, to, Optional.empty(), 0);
    }

    public Window exported(String id, int count) {
      return new Window(from, to, Optional.of(id), count);
    }
  }

  /**
   * A split.
   *
   * @param position everything before it is durable in the target; {@link Position#BEGINNING} if
   *     nothing is
   * @param recordTime creation time of the last durable record of a shard
   * @param updated when the position was reached, by this machine's clock; of a copy beside a
   *     stream not before the last time of the service that was heard of
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

  /** Forgets a split: one that is done and cannot come back, or one of a former copy. */
  record SplitForgotten(String table, String splitId) implements CheckpointEntry {
    @Override
    public Subject subject() {
      return Subject.ofSplit(table, splitId);
    }
  }

  /** Forgets a table and all its splits. */
  record TableForgotten(String table) implements CheckpointEntry {
    @Override
    public Subject subject() {
      return Subject.ofTable(table);
    }
  }
}
