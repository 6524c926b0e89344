package io.nimoshake.core.plan;

import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.Source.Export;
import io.nimoshake.core.port.Target.Existing;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the checkpoint says of a table, and what follows from it for the table's preparation. */
final class SavedTable {
  private final PlanOptions options;
  private final PlanOutput out;
  private Optional<OfTable> entry = Optional.empty();

  SavedTable(PlanOptions options, PlanOutput out) {
    this.options = options;
    this.out = out;
  }

  /** Whether an entry says that the table is to be copied again, beside its collection. */
  static boolean isToBeginAnew(OfTable entry) {
    return entry.beside()
        && entry.phase() == Phase.COPYING
        && entry.segments() == 0
        && !entry.awaitsExport();
  }

  boolean isEmpty() {
    return entry.isEmpty();
  }

  /** The entry of a table whose copy has begun. */
  OfTable entry() {
    return entry.orElseThrow();
  }

  void restore(OfTable stored) {
    entry = Optional.of(stored);
  }

  void save(OfTable next) {
    entry = Optional.of(next);
    out.save(next);
  }

  void save(Phase phase) {
    save(entry().withPhase(phase));
  }

  /** The copy does not count any more. The checkpoint says so before anything else happens. */
  void beginAnew() {
    out.save(entry().toBeginAnew());
    entry = Optional.empty();
  }

  /** Whether the collection holds no documents of others. */
  boolean isFresh() {
    return entry.map(OfTable::fresh).orElse(false);
  }

  /**
   * Whether the table still has to be copied.
   *
   * @param copies whether it is copied if the checkpoint says nothing of it
   */
  boolean isToBeCopied(boolean copies) {
    return copies && entry.map(table -> table.phase() == Phase.COPYING).orElse(true);
  }

  /** The same, while it is prepared or copied: its copy is not complete. */
  boolean isIncomplete(boolean copies) {
    return entry.map(table -> !table.phase().isCopied()).orElse(copies);
  }

  /**
   * What preparing does with the collection that is there.
   *
   * @param beside whether a new copy is made beside it
   */
  Existing existing(boolean beside) {
    if (entry.isPresent()) {
      return entry().beside() ? Existing.RESUME_BESIDE : Existing.RESUME;
    } else if (beside) {
      return Existing.BESIDE;
    }
    return options.copy() ? options.existing() : Existing.KEEP;
  }

  /**
   * The entry of a table that begins now.
   *
   * @param copies whether it is copied; else its stream is followed from now on
   * @param beside whether the copy is made beside the collection that is there
   */
  OfTable first(Event.TablePrepared event, boolean copies, boolean beside) {
    Optional<Export> export = copies ? event.export() : Optional.empty();
    int parts = export.map(SavedTable::files).orElse(event.segments());
    int segments = copies && !options.schemaOnly() ? parts : 0;
    boolean awaits = export.filter(one -> one instanceof Export.Pending).isPresent();
    Phase phase =
        !copies ? Phase.COPIED : segments == 0 && !awaits ? Phase.FINISHING : Phase.COPYING;
    return new OfTable(
        event.table(),
        phase,
        event.stream().map(handle -> earlier(handle.serviceTime(), export)),
        event.stream().map(handle -> List.of(handle.arn())).orElse(List.of()),
        segments,
        event.fresh(),
        beside,
        export.map(Export::id));
  }

  /** Changes after the time of an export come from the stream, also those made before T0. */
  private static Instant earlier(Instant now, Optional<Export> export) {
    return export.map(SavedTable::time).filter(now::isAfter).orElse(now);
  }

  /** The number of files of an export; 0 while it is still to be made. */
  private static int files(Export export) {
    return export instanceof Export.Ready ready ? ready.files() : 0;
  }

  private static Instant time(Export export) {
    if (export instanceof Export.Ready ready) {
      return ready.time();
    } else if (export instanceof Export.Pending pending) {
      return pending.time();
    }
    throw new IllegalArgumentException("no copy begins from " + export);
  }

  /** Why a new copy cannot take the place of the old one, for people; empty if it can. */
  Optional<String> obstacleToCopyAgain() {
    String reason;
    if (!options.swap()) {
      reason =
          "this target cannot replace a table by a new copy of it: set another id and"
              + " target.db.exist = drop to copy it with a new sync";
    } else if (!isFresh()) {
      reason =
          "its collection held documents before nimo-shake wrote to it: set another id to copy it"
              + " into another database";
    } else {
      return Optional.empty();
    }
    return Optional.of("the table cannot be copied again, because " + reason);
  }
}
