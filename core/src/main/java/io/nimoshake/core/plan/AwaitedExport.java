package io.nimoshake.core.plan;

import io.nimoshake.core.plan.Command.Level;
import io.nimoshake.core.port.Source.Export;

/**
 * The export from which a table is to be copied, while it is still to be made. It is part of the
 * checkpoint before it is requested, so a restart waits for the same one. The table's stream is
 * read meanwhile.
 */
final class AwaitedExport {
  private final SavedTable saved;
  private final PlanOutput out;
  private String progress = "an export of it";
  private int attempt = 1;

  AwaitedExport(SavedTable saved, PlanOutput out) {
    this.saved = saved;
    this.out = out;
  }

  /** Asks for it for the first time, or for the first time since a restart. */
  void await() {
    askAgain(1);
  }

  /** Asks for it after a pause that grows with the attempt. */
  void askAgain(int next) {
    attempt = next;
    ask();
  }

  private void ask() {
    out.accept(new Command.AwaitExport(out.table(), saved.entry().export().orElseThrow(), attempt));
  }

  /** Whether an answer is about this export, and not about one that is not wanted any more. */
  boolean isOf(String id) {
    return saved.entry().awaitsExport() && id.equals(saved.entry().export().orElseThrow());
  }

  /** It is being made. */
  void pending(Export.Pending export) {
    if (!saved.entry().export().orElseThrow().equals(export.id())) {
      saved.save(saved.entry().withExport(export.id(), 0));
    }
    if (!progress.equals(export.progress())) {
      progress = export.progress();
      out.tell(Level.INFO, "waits for " + progress);
    }
    askAgain(attempt + 1);
  }

  /** Its files can be read now. Without any, the copy is over. */
  void ready(Export.Ready export) {
    if (export.files() > 0) {
      saved.save(saved.entry().withExport(export.id(), export.files()));
    }
    out.tell(Level.INFO, "its export is complete and has " + export.files() + " files");
  }

  /** The next start requests another one. */
  void failed(Export.Failed export) {
    saved.save(saved.entry().withExport(export.id(), 0));
  }

  /** What is waited for, for people. */
  String progress() {
    return progress;
  }
}
