package io.nimoshake.core.engine;

import java.time.Duration;
import java.util.OptionalInt;

/** The default options, except that one table is not wanted and every table has two segments. */
final class Options {
  static final String UNWANTED = "unwanted";
  static final int SEGMENTS = 2;
  static final Duration DISCOVERY = Duration.ofSeconds(60);

  private Options() {}

  static SyncOptions of(SyncOptions.Mode mode) {
    SyncOptions d = SyncOptions.defaults();
    return new SyncOptions(
        mode,
        d.streamDuringCopy(),
        table -> !table.equals(UNWANTED),
        d.requiredTables(),
        d.existing(),
        d.schemaOnly(),
        d.tablesAtATime(),
        OptionalInt.of(SEGMENTS),
        d.writersPerTable(),
        d.changesPerWrite(),
        d.onGap(),
        d.memoryBudgetBytes(),
        d.checkpointInterval(),
        DISCOVERY,
        d.leaseDuration(),
        d.unknownFor(),
        d.goneAfter(),
        d.ioThreads());
  }
}
