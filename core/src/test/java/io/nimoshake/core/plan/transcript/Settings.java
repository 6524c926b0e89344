package io.nimoshake.core.plan.transcript;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.plan.PlanOptions;
import io.nimoshake.core.port.Target.Existing;

/** The lines that begin with "given": the configuration, where it is not the default. */
final class Settings {
  private boolean copy = true;
  private boolean stream = true;
  private boolean streamDuringCopy = true;
  private boolean insertIfAbsent = true;
  private Existing existing = Existing.DROP;
  private boolean schemaOnly;
  private int tablesAtATime = 4;
  private boolean backfill;
  private boolean resync = true;

  void set(String setting) {
    switch (setting) {
      case "sync_mode = full" -> stream = false;
      case "sync_mode = incr" -> copy = false;
      case "incr_sync_parallel = false" -> streamDuringCopy = false;
      case "on_gap = fail", "on_gap.fallback = fail" -> resync = false;
      case "on_gap = backfill" -> backfill = true;
      case "on_gap = resync" -> backfill = false;
      case "full.concurrency = 1" -> tablesAtATime = 1;
      case "target.db.exist = rename" -> existing = Existing.RENAME;
      case "target.db.exist = (empty)" -> existing = Existing.KEEP;
      case "sync_schema_only = true" -> schemaOnly = true;
      case "a target that cannot insert only if absent" -> insertIfAbsent = false;
      default -> throw new IllegalArgumentException("no such setting: " + setting);
    }
  }

  PlanOptions options() {
    return new PlanOptions(
        copy,
        stream,
        streamDuringCopy,
        insertIfAbsent,
        existing,
        schemaOnly,
        tablesAtATime,
        backfill,
        resync,
        true,
        SyncOptions.defaults().goneAfter());
  }
}
