package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.Source.Export;
import io.nimoshake.core.port.WriteMode;
import java.time.Instant;
import java.util.Optional;

/**
 * The copy half of a table's plan, from the wait for an export over segments or files to {@link
 * CopyEnd}. {@link TablePlan} decides the state of the table.
 */
final class TableCopy {
  private final TablePlan table;
  private final PlanOutput out;
  private final SavedTable saved;
  private final AwaitedExport export;
  private final CopyEnd end;
  private CopyPlan parts;

  TableCopy(TablePlan table, PlanOptions options, PlanOutput out, SavedTable saved) {
    this.table = table;
    this.out = out;
    this.saved = saved;
    this.export = new AwaitedExport(saved, out);
    this.end = new CopyEnd(table, options, out, saved);
    this.parts = new CopyPlan(out, 0);
  }

  CopyPlan parts() {
    return parts;
  }

  CopyEnd end() {
    return end;
  }

  /**
   * Until when it has read items, as far as the clocks tell. The items of an export are older than
   * that, but they may be newer than the beginning of the stream.
   */
  Optional<Instant> readUntil() {
    return parts.updated();
  }

  /** The copy that this entry tells of, from its beginning. */
  void begin(OfTable entry) {
    parts = CopyPlan.of(entry, out);
  }

  /** Its parts are of no use any more. */
  void forget() {
    parts = new CopyPlan(out, 0);
  }

  /** Starts what is not durable yet, or waits for the export. */
  void start() {
    if (table.state() != TableState.COPYING) {
      return;
    }
    if (saved.entry().awaitsExport()) {
      export.await();
      return;
    }
    parts.startAll(mode());
    if (parts.isOver()) {
      end.onCopied();
    }
  }

  private WriteMode mode() {
    return table.mayLeaveTombstones() ? WriteMode.COPY_IF_ABSENT : WriteMode.COPY_REPLACE;
  }

  /** How far the export is from which it is to be copied. */
  void onExportSeen(Event.ExportSeen event) {
    if (table.state() != TableState.COPYING || !export.isOf(event.id())) {
      return;
    }
    table.missing().onFound();
    if (event.export() instanceof Export.Ready ready) {
      export.ready(ready);
      begin(saved.entry());
      if (ready.files() == 0) {
        end.onCopied();
      } else {
        start();
      }
    } else if (event.export() instanceof Export.Pending pending) {
      export.pending(pending);
    } else if (event.export() instanceof Export.Failed failed) {
      export.failed(failed);
      table.fail(new Fault.TableFailed(failed.reason(), null));
    }
  }

  /** Nothing if the export is not wanted any more: the answer is not about what is done now. */
  void onExportFault(Event.ExportFault event) {
    if (isAwaitingExport() && export.isOf(event.id())) {
      table.onTableFault(event.fault());
    }
  }

  /** What is waited for before items can be read, for people. */
  Optional<String> awaits() {
    return isAwaitingExport() ? Optional.of(export.progress()) : Optional.empty();
  }

  private boolean isAwaitingExport() {
    return table.state() == TableState.COPYING && saved.entry().awaitsExport();
  }

  void onDurable(CopyPlan.Segment segment, Event.Durable event) {
    // This machine's clock may be slow. Of the service's, the stream has heard not long ago.
    Instant at = table.stream().map(StreamPlan::latest).orElse(event.at());
    parts.onDurable(segment, event.position(), at);
    if (parts.isOver() && table.state() == TableState.COPYING) {
      end.onCopied();
    }
  }

  /** A part is read again, after an answer that there is no such table. */
  void startAgain(CopyPlan.Segment segment, int attempt) {
    if (table.state() == TableState.COPYING) {
      parts.start(segment, mode(), attempt);
    }
  }

  /** Asks for the export again, after an answer that there is no such table. */
  void askAgain(int attempt) {
    if (isAwaitingExport()) {
      export.askAgain(attempt);
    }
  }
}
